import { InputError, Random } from '@latentbrush/engine';
import type { Command } from 'commander';
import type { ImageDataset } from '../../data/index.ts';
import { Generator, ganRuns, loadGan } from '../../gan/index.ts';
import type { Picture } from '../../image/index.ts';
import type { Point } from '../../latent/index.ts';
import { readRun } from '../../runs/training-run.ts';
import { datasetFlags, type DatasetFlags } from '../dataset-flags.ts';
import { loadPictures } from '../load-pictures.ts';
import { Output, type OutputOptions } from '../output.ts';
import { lengthOf, numberOf, seedOf } from '../schema-options.ts';
import { outputOptions } from '../shared-options.ts';

/** Flags that all commands on a trained GAN have. */
export interface GanFlags extends OutputOptions, DatasetFlags {
  readonly output?: string;
  readonly seed?: string;
  readonly threads?: string;
  readonly truncation?: string;
  readonly class?: string;
}

/** Adds the flags that all commands on a trained GAN have. */
export function ganFlags(command: Command, outputHelp: string): void {
  command
    .option('-o, --output <file>', outputHelp)
    .option(
      '--truncation <x>',
      'keep points within this distance of 0 in each dimension, as 1: tamer pictures, less variety (Brock et al. 2019)',
    )
    .option('--class <name>', 'what to generate, of a run that was trained --conditional')
    .option('--seed <n>', 'seed of all randomness (default: 1)')
    .option('--threads <n>', 'processor threads (default: all)');
  datasetFlags(command);
  outputOptions(command);
}

/** A trained GAN, its pictures when they are asked for, and how the command speaks. */
export class GanSession {
  readonly folder: string;
  readonly generator: Generator;
  readonly output: Output;
  readonly random: Random;
  readonly seed: number;
  readonly threads: number | undefined;
  readonly #flags: GanFlags;
  readonly #truncation: number;

  private constructor(folder: string, generator: Generator, flags: GanFlags, threads: number | undefined) {
    this.folder = folder;
    this.generator = generator;
    this.output = new Output(flags);
    this.seed = seedOf(flags.seed);
    this.random = new Random(this.seed);
    this.threads = threads;
    this.#flags = flags;
    this.#truncation = truncationOf(flags.truncation);
  }

  /**
   * Opens a run, works with it, and frees its memory.
   * @throws InputError when the folder is no run of a GAN, or damaged
   */
  static async use(
    folder: string,
    flags: GanFlags,
    work: (session: GanSession) => Promise<void>,
  ): Promise<void> {
    const threads = flags.threads === undefined ? undefined : lengthOf('--threads', flags.threads);
    const generator = new Generator(await loadGan(folder), { threads });
    try {
      await work(new GanSession(folder, generator, flags, threads));
    } finally {
      await generator.release();
    }
  }

  /** Random points of the latent space, as `--truncation` says. */
  draw(count: number, random = this.random): Point[] {
    return this.generator.draw(random, count, this.#truncation);
  }

  /** Pictures of points; by class as `--class` says, or one class after the other. */
  generate(points: readonly Point[]): Promise<Picture[]> {
    const { classes } = this.generator.model;
    const { class: name } = this.#flags;
    if (classes.length === 0) {
      if (name !== undefined)
        throw new InputError(`--class: this run was trained without classes; leave "${name}" out`);
      return this.generator.generate(points);
    }
    const chosen = name === undefined ? undefined : classes.indexOf(name);
    if (chosen === -1)
      throw new InputError(`--class: "${name ?? ''}" was not trained; there are ${classes.join(', ')}`);
    return this.generator.generate(
      points,
      points.map((_, index) => chosen ?? index % classes.length),
    );
  }

  /** The pictures the run was trained on. */
  async dataset(): Promise<ImageDataset> {
    const { extra } = await readRun(ganRuns, this.folder);
    const { size, channels } = extra.architecture;
    return (await loadPictures(extra.dataset.source, { size, channels }, this.#flags, this.output)).train;
  }
}

function truncationOf(text: string | undefined): number {
  if (text === undefined) return Infinity;
  const value = numberOf('--truncation', text);
  if (value >= 0.1 && value <= 10) return value;
  throw new InputError(`--truncation: ${text} was given; a number from 0.1 to 10 is needed`);
}

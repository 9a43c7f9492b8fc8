import { InputError, Random } from '@latentbrush/engine';
import type { Command } from 'commander';
import type { ImageDataset } from '../../data/index.ts';
import { Generator, ganRuns } from '../../gan/index.ts';
import type { Picture } from '../../image/index.ts';
import type { Point } from '../../latent/index.ts';
import { rulesOf } from '../../runs/dataset-record.ts';
import { readRun } from '../../runs/training-run.ts';
import { datasetFlags, type DatasetFlags } from '../dataset-flags.ts';
import { abortOnInterrupt } from '../interrupt.ts';
import { loadPictures } from '../load-pictures.ts';
import { checkPictureCount } from '../picture-count.ts';
import { Output, type OutputOptions } from '../output.ts';
import { alsoReads } from '../../jobs/files-in-use.ts';
import { targetOption } from '../overwriting.ts';
import { loadFromPlace } from '../resume-options.ts';
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

/**
 * Adds the flags that all commands on a trained GAN have.
 * @param outputHelp what `-o` is; left out for commands that write no file
 */
export function ganFlags(command: Command, outputHelp?: string): void {
  if (outputHelp !== undefined) targetOption(command, '-o, --output <file>', outputHelp);
  command
    .option(
      '--truncation <x>',
      'keep points within this distance of 0 in each dimension, as 1: tamer pictures, less variety (Brock et al. 2019)',
    )
    .option(
      '--class <name>',
      'what to generate, of a run that was trained --conditional (default: one class after the other; on a way the first)',
    )
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
  readonly signal: AbortSignal;
  readonly random: Random;
  readonly seed: number;
  readonly threads: number | undefined;
  readonly #flags: GanFlags;
  readonly #truncation: number;

  private constructor(folder: string, generator: Generator, flags: GanFlags, threads: number | undefined) {
    this.folder = folder;
    this.generator = generator;
    this.output = new Output(flags);
    this.signal = abortOnInterrupt(this.output);
    this.seed = seedOf(flags.seed);
    this.random = new Random(this.seed);
    this.threads = threads;
    this.#flags = flags;
    this.#truncation = truncationOf(flags.truncation);
  }

  /**
   * Opens a run, works with it, and frees its memory.
   * @throws InputError when the folder is no run of a GAN, or damaged, or a flag makes no sense with it
   */
  static async use(
    folder: string,
    flags: GanFlags,
    work: (session: GanSession) => Promise<void>,
  ): Promise<void> {
    const threads = flags.threads === undefined ? undefined : lengthOf('--threads', flags.threads);
    const generator = await Generator.load(folder, { threads });
    try {
      checkClass(flags.class, generator.model.classes);
      await work(new GanSession(folder, generator, flags, threads));
    } finally {
      await generator.release();
    }
  }

  /** Random points of the latent space, as `--truncation` says. */
  draw(count: number, random = this.random): Point[] {
    return this.generator.draw(random, count, this.#truncation);
  }

  /**
   * Refuses, before any is made, more pictures than memory should hold.
   * @param flags what asks for them, for the message
   * @throws InputError when there are too many
   */
  checkCount(count: number, flags: string): void {
    checkPictureCount(count, this.generator.model.architecture, flags);
  }

  /**
   * The point that a seed draws.
   * @param seed as it was given
   * @throws InputError when it is none
   */
  pointOf(seed: string): Point {
    if (!/^\d{1,15}$/.test(seed))
      throw new InputError(`"${seed}": is not a seed; give whole numbers, as: 7 12 3`);
    return this.draw(1, new Random(Number(seed)))[0]!;
  }

  /** Pictures of points, each by itself; by class as `--class` says, or one class after the other. */
  generate(points: readonly Point[]): Promise<Picture[]> {
    return this.#collected(this.#generate(points, (index) => index));
  }

  /** Pictures of points that belong together, as on a way from one to another; by class as `--class` says, or all of the first. */
  generateAlike(points: readonly Point[]): Promise<Picture[]> {
    return this.#collected(this.generateAlikeStream(points));
  }

  /** As {@link generateAlike}, some after the other. */
  generateAlikeStream(points: readonly Point[]): AsyncIterable<Picture> {
    return this.#generate(points, () => 0);
  }

  // Interrupted, there is nothing to show of what a sheet needs whole.
  async #collected(made: AsyncIterable<Picture>): Promise<Picture[]> {
    const pictures: Picture[] = [];
    for await (const picture of made) {
      this.signal.throwIfAborted();
      pictures.push(picture);
    }
    return pictures;
  }

  #generate(points: readonly Point[], otherwise: (index: number) => number): AsyncIterable<Picture> {
    const { classes } = this.generator.model;
    if (classes.length === 0) return this.generator.decodeStream(points);
    const name = this.#flags.class;
    const chosen = name === undefined ? undefined : classes.indexOf(classNamed(name, classes)!);
    return this.generator.decodeStream(
      points,
      points.map((_, index) => chosen ?? otherwise(index) % classes.length),
    );
  }

  /** Numbers of the pictures of the class that `--class` says; of all when it says none. */
  ofClass({ labels, count }: ImageDataset): number[] {
    const { class: name } = this.#flags;
    const all = Array.from({ length: count }, (_, index) => index);
    return name === undefined
      ? all
      : all.filter((index) => labels?.[index]?.normalize('NFC') === name.normalize('NFC'));
  }

  /** The pictures the run was trained on, or others in their form. */
  async dataset(source?: string): Promise<ImageDataset> {
    const { extra } = await readRun(ganRuns, this.folder);
    const { size, channels } = extra.architecture;
    const { source: remembered } = extra.dataset;
    const place = { run: this.folder, given: source, remembered, command: ['gan', 'train', 'DATASET'] };
    const loaded = await loadFromPlace(place, async (path) => {
      await alsoReads([path]);
      return loadPictures(
        path,
        {
          size,
          channels,
          signal: this.signal,
          ...(source === undefined && { rules: rulesOf(extra.dataset) }),
        },
        this.#flags,
        this.output,
      );
    });
    return loaded.train;
  }
}

function checkClass(name: string | undefined, classes: readonly string[]): void {
  if (name === undefined || classNamed(name, classes) !== undefined) return;
  if (classes.length === 0)
    throw new InputError(`--class: this run was trained without classes; leave "${name}" out`);
  throw new InputError(`--class: "${name}" was not trained; there are ${classes.join(', ')}`);
}

// By name, whichever way its accents are written. Runs of version 0.1.0 may have both ways for two classes.
function classNamed(name: string, classes: readonly string[]): string | undefined {
  const composed = name.normalize('NFC');
  return classes.includes(name) ? name : classes.find((one) => one.normalize('NFC') === composed);
}

function truncationOf(text: string | undefined): number {
  if (text === undefined) return Infinity;
  const value = numberOf('--truncation', text);
  if (value >= 0.1 && value <= 10) return value;
  throw new InputError(`--truncation: ${text} was given; a number from 0.1 to 10 is needed`);
}

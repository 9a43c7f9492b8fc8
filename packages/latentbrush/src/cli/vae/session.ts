import { Random } from '@latentbrush/engine';
import type { Command } from 'commander';
import type { ImageDataset, ReadingRules } from '../../data/index.ts';
import { rulesOf } from '../../runs/dataset-record.ts';
import { readRun } from '../../runs/training-run.ts';
import { Vae, vaeRuns } from '../../vae/index.ts';
import { datasetFlags, type DatasetFlags } from '../dataset-flags.ts';
import { abortOnInterrupt } from '../interrupt.ts';
import { loadPictures } from '../load-pictures.ts';
import { Output, type OutputOptions } from '../output.ts';
import { alsoReads } from '../../jobs/files-in-use.ts';
import { targetOption } from '../overwriting.ts';
import { checkPictureCount } from '../picture-count.ts';
import { loadFromPlace } from '../resume-options.ts';
import { lengthOf, seedOf } from '../schema-options.ts';
import { outputOptions } from '../shared-options.ts';

/** Flags that all commands on a trained VAE have. */
export interface VaeFlags extends OutputOptions, DatasetFlags {
  readonly output?: string;
  readonly seed?: string;
  readonly threads?: string;
}

/** Adds the flags that all commands on a trained VAE have. */
export function vaeFlags(command: Command, outputHelp: string): void {
  targetOption(command, '-o, --output <file>', outputHelp);
  command
    .option('--seed <n>', 'seed of all randomness (default: 1)')
    .option('--threads <n>', 'processor threads (default: all)');
  datasetFlags(command);
  outputOptions(command);
}

/** A trained VAE, its pictures when they are asked for, and how the command speaks. */
export class VaeSession {
  readonly folder: string;
  readonly vae: Vae;
  readonly output: Output;
  readonly signal: AbortSignal;
  readonly random: Random;
  readonly seed: number;
  readonly #flags: VaeFlags;
  #dataset: ImageDataset | undefined;

  private constructor(folder: string, vae: Vae, flags: VaeFlags, output: Output, seed: number) {
    this.folder = folder;
    this.vae = vae;
    this.output = output;
    this.signal = abortOnInterrupt(output);
    this.seed = seed;
    this.random = new Random(seed);
    this.#flags = flags;
  }

  /**
   * Opens a run, works with it, and frees its memory.
   * @throws InputError when the folder is no run of a VAE, or damaged
   */
  static async use(
    folder: string,
    flags: VaeFlags,
    work: (session: VaeSession) => Promise<void>,
  ): Promise<void> {
    const seed = seedOf(flags.seed);
    const threads = flags.threads === undefined ? undefined : lengthOf('--threads', flags.threads);
    const vae = await Vae.load(folder, { threads });
    try {
      await work(new VaeSession(folder, vae, flags, new Output(flags), seed));
    } finally {
      await vae.release();
    }
  }

  /**
   * Refuses, before any is made, more pictures than memory should hold.
   * @param flags what asks for them, for the message
   * @throws InputError when there are too many
   */
  checkCount(count: number, flags: string): void {
    checkPictureCount(count, this.vae.model.architecture, flags);
  }

  /** The pictures the run was trained on, loaded when they are first asked for. */
  async dataset(): Promise<ImageDataset> {
    if (this.#dataset === undefined) {
      const { extra } = await readRun(vaeRuns, this.folder);
      const { size, channels } = extra.architecture;
      const { source: remembered } = extra.dataset;
      const command = ['vae', 'train', 'DATASET'];
      this.#dataset = await loadFromPlace(
        { run: this.folder, given: undefined, remembered, command },
        async (place) => {
          await alsoReads([place]);
          return this.load(place, size, channels, rulesOf(extra.dataset));
        },
      );
    }
    return this.#dataset;
  }

  /** Other pictures, as the model takes them. */
  async pictures(source: string): Promise<ImageDataset> {
    const { size, channels } = this.vae.model.architecture;
    return this.load(source, size, channels);
  }

  private async load(
    source: string,
    size: number,
    channels: 1 | 3,
    rules?: ReadingRules,
  ): Promise<ImageDataset> {
    return (
      await loadPictures(source, { size, channels, rules, signal: this.signal }, this.#flags, this.output)
    ).train;
  }
}

import { input, InputError, nn, type NDArray } from '@latentbrush/engine';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writePicture, type Picture } from '../image/index.ts';
import { loadCheckpoint, saveCheckpoint, savedSteps } from '../runs/checkpoint.ts';
import { lockRun, type RunLock } from '../runs/lock.ts';
import { appendMetric, truncateMetricsAfter } from '../runs/metrics.ts';
import { createRun, openRun, type Run } from '../runs/run.ts';
import type { FastLosses } from './fast-events.ts';
import { SMALLEST_SIDE, type StyleModel } from './fast-model.ts';
import { trainOptions, type TrainOptions } from './fast-options.ts';
import { transformer, type TransformerArchitecture } from './transformer.ts';

/** Where a run's pictures came from, by which they are found again. */
export interface FastSources {
  readonly style: string;
  readonly contentDir: string;
  /** SHA-256 of the style picture's pixels. */
  readonly styleSha256: string;
  /** SHA-256 of the pixels of all content pictures together. */
  readonly contentSha256: string;
  /** Where the pairs are from, if there are any. */
  readonly pairsDir?: string | undefined;
  /** SHA-256 of the pixels of all pairs together. */
  readonly pairsSha256?: string | undefined;
}

const extraSchema = z.object({
  style: z.string(),
  contentDir: z.string(),
  styleSha256: z.string(),
  contentSha256: z.string(),
  pairsDir: z.string().optional(),
  pairsSha256: z.string().optional(),
});

// Metrics of single steps are kept this often.
const STEPS_BETWEEN_METRICS = 10;

/** The folder of a fast style that is being trained. */
export class FastRun {
  readonly #run: Run;
  readonly #lock: RunLock;
  readonly sources: FastSources;
  readonly options: TrainOptions;

  private constructor(run: Run, lock: RunLock) {
    this.#run = run;
    this.#lock = lock;
    this.sources = readExtra(run);
    this.options = readOptions(run);
  }

  /**
   * Makes the folder of a new run.
   * @throws InputError when it cannot be used
   */
  static async create(folder: string, sources: FastSources, options: TrainOptions): Promise<FastRun> {
    const run = await createRun(folder, {
      system: 'style',
      options,
      seed: options.seed,
      extra: { ...sources },
    });
    return new FastRun(run, await lockRun(run));
  }

  /**
   * Opens the folder of a run to go on with it.
   * @throws InputError when it is no style run, is damaged, or another process trains in it
   */
  static async open(folder: string): Promise<FastRun> {
    const run = await openRun(folder, { system: 'style' });
    return new FastRun(run, await lockRun(run));
  }

  get folder(): string {
    return this.#run.folder;
  }

  /** @throws InputError when the pictures are not those the run was trained on */
  checkSources({ styleSha256, contentSha256, pairsSha256 }: FastSources): void {
    const { style, contentDir, pairsDir } = this.sources;
    if (styleSha256 !== this.sources.styleSha256)
      throw new InputError(
        `${style}: it is not the style picture this run was trained on; put that one back`,
      );
    if (contentSha256 !== this.sources.contentSha256)
      throw new InputError(
        `${contentDir}: it does not hold the pictures this run was trained on; put them back, or start a new run`,
      );
    if (pairsSha256 !== this.sources.pairsSha256)
      throw new InputError(
        pairsDir === undefined
          ? 'pairs: this run was trained without pairs; leave them out, or start a new run'
          : `${pairsDir}: it does not hold the pairs this run was trained on; put them back, or start a new run`,
      );
  }

  /**
   * The checkpoint that training goes on from; `undefined` when none was written. Metrics of later steps are dropped.
   * @throws InputError when it is damaged
   */
  async lastCheckpoint(): Promise<{ step: number; tensors: Record<string, NDArray> } | undefined> {
    if ((await savedSteps(this.#run)).length === 0) {
      await truncateMetricsAfter(this.#run, 0);
      return undefined;
    }
    const { step, tensors } = await loadCheckpoint(this.#run, 'latest');
    await truncateMetricsAfter(this.#run, step);
    return { step, tensors };
  }

  async checkpoint(step: number, tensors: Readonly<Record<string, NDArray>>): Promise<void> {
    await saveCheckpoint(this.#run, step, tensors, {});
  }

  async logStep(step: number, losses: FastLosses): Promise<void> {
    if (step % STEPS_BETWEEN_METRICS === 0) await appendMetric(this.#run, { type: 'step', step, ...losses });
  }

  /** @returns the path of the sheet */
  async writeSamples(step: number, sheet: Picture): Promise<string> {
    const folder = join(this.folder, 'samples');
    await mkdir(folder, { recursive: true });
    const path = join(folder, `step-${String(step).padStart(6, '0')}.png`);
    await writePicture(path, sheet);
    return path;
  }

  /** Lets other processes use the folder again. */
  async close(): Promise<void> {
    await this.#lock.release();
  }
}

/** A folder name under `runs/` that does not exist yet. */
export async function freeRunFolder(style: string): Promise<string> {
  const stem = `style-${style.replace(/\.[^.]*$/, '').replace(/[^\p{L}\p{N}-]+/gu, '-') || 'picture'}`;
  const taken = new Set(await readdir('runs').catch(() => []));
  let number = 1;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return join('runs', `${stem}-${number}`);
}

/**
 * What a style run was trained on and how.
 * @throws InputError when the folder is no style run or damaged
 */
export async function readFastRun(folder: string): Promise<{ sources: FastSources; options: TrainOptions }> {
  const run = await openRun(folder, { system: 'style' });
  return { sources: readExtra(run), options: readOptions(run) };
}

/**
 * The network of a style run, as its newest checkpoint has it.
 * @throws InputError when the folder is no style run or its checkpoint is damaged
 */
export async function loadStyleModel(folder: string): Promise<StyleModel> {
  const run = await openRun(folder, { system: 'style' });
  const { filters, residualBlocks } = readOptions(run);
  const { tensors } = await loadCheckpoint(run, 'latest');
  const weights = Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.startsWith('adam/')));
  const architecture = { filters, residualBlocks };
  if (!fits(weights, architecture)) {
    throw new InputError(
      `${run.folder}: its checkpoint is of another network than run.json says (filters ${filters}, residual blocks ${residualBlocks}); restore run.json from a copy`,
    );
  }
  return { architecture, weights, style: readExtra(run).style };
}

function fits(weights: Readonly<Record<string, NDArray>>, architecture: TransformerArchitecture): boolean {
  const parameters = new nn.Parameters();
  transformer(parameters, input('pictures', [1, 3, SMALLEST_SIDE, SMALLEST_SIDE]), architecture);
  return parameters.list().every(({ name, tensor }) => weights[name]?.shape.join() === tensor.shape.join());
}

function readOptions(run: Run): TrainOptions {
  const parsed = trainOptions.safeParse(run.options);
  if (parsed.success) return parsed.data;
  throw new InputError(
    `${run.folder}: run.json is damaged at options.${parsed.error.issues[0]?.path.join('.') ?? ''}; restore it from a copy`,
  );
}

function readExtra(run: Run): FastSources {
  const parsed = extraSchema.safeParse(run.extra);
  if (parsed.success) return parsed.data;
  throw new InputError(
    `${run.folder}: run.json is damaged at extra.${parsed.error.issues[0]?.path.join('.') ?? ''}; restore it from a copy`,
  );
}

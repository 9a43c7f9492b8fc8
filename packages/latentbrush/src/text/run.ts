import { createHash } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { loadCheckpoint, saveCheckpoint, savedSteps } from '../runs/checkpoint.ts';
import { lockRun, type RunLock } from '../runs/lock.ts';
import { appendMetric, truncateMetricsAfter } from '../runs/metrics.ts';
import { createRun } from '../runs/run.ts';
import { readRun, type RunContents, type RunKind } from '../runs/training-run.ts';
import { parametersOf } from './model.ts';
import { trainOptions, type TrainOptions } from './options.ts';
import type { Weights } from './predictor.ts';
import type { Preparation } from './preparation.ts';
import type { LanguageModel } from './sample.ts';
import { Vocabulary } from './tokenizer.ts';

/** A text to train on. */
export interface TextSource {
  readonly name: string;
  readonly text: string;
  /** Where it came from: a path or a name, by which it is found again. */
  readonly source?: string;
}

const progressSchema = z.object({
  lossSum: z.number(),
  batches: z.number(),
  bestLoss: z.number().nullable(),
  epochsWithoutBest: z.number(),
  epochsEnded: z.number(),
});

/** What training counts across checkpoints. */
export interface Progress {
  /** Sum over the epoch's batches of loss times size, and of the sizes. */
  lossSum: number;
  batches: number;
  bestLoss: number;
  epochsWithoutBest: number;
  /** Epochs after which everything was measured, shown and saved. */
  epochsEnded: number;
}

/** Where a training stood. */
export interface Checkpoint {
  readonly step: number;
  readonly tensors: Weights;
  readonly progress: Progress;
}

const extraSchema = z.object({
  corpus: z.object({
    name: z.string(),
    source: z.string().nullable(),
    characters: z.number(),
    sha256: z.string(),
  }),
  architecture: z.object({
    model: z.enum(['lstm', 'gru', 'conv']),
    units: z.number(),
    layers: z.number(),
    embedding: z.number(),
    kernelSize: z.number(),
    vocabularySize: z.number(),
  }),
  vocabulary: z.object({
    level: z.enum(['char', 'word']),
    lowerCase: z.boolean(),
    tokens: z.array(z.string()),
  }),
  passages: z.array(z.string()).min(1),
});

type Extra = z.output<typeof extraSchema>;

const stateSchema = z.object({ vocabulary: z.string(), progress: progressSchema });

/** Runs of language models. */
export const textRuns: RunKind<TrainOptions, Extra, z.output<typeof stateSchema>> = {
  system: 'text',
  options: trainOptions,
  extra: extraSchema,
  progress: stateSchema,
};

// Metrics of single steps are kept this often.
const STEPS_BETWEEN_METRICS = 50;

/** The folder of a text training that is going on. */
export class TextRun {
  readonly #lock: RunLock;
  readonly #extra: Extra;
  readonly folder: string;
  readonly vocabulary: Vocabulary;
  readonly options: TrainOptions;

  private constructor({ folder, options, extra }: RunContents<TrainOptions, Extra>, lock: RunLock) {
    this.#lock = lock;
    this.#extra = extra;
    this.folder = folder;
    this.vocabulary = vocabularyOf(extra);
    this.options = options;
  }

  /**
   * Makes the folder of a new run.
   * @throws InputError when it cannot be used
   */
  static async create(
    folder: string,
    corpus: TextSource,
    options: TrainOptions,
    preparation: Preparation,
  ): Promise<TextRun> {
    const { architecture, vocabulary, passages } = preparation;
    const { name, text, source = null } = corpus;
    const extra: Extra = {
      corpus: { name, source, characters: text.length, sha256: sha256(text) },
      architecture,
      vocabulary: { ...vocabulary.toJSON(), tokens: [...vocabulary.tokens] },
      passages: [...passages],
    };
    const run = await createRun(folder, { system: 'text', options, seed: options.seed, extra });
    return new TextRun({ folder, options, extra }, await lockRun(run));
  }

  /**
   * Opens the folder of a run to go on with it.
   * @throws InputError when it is no text run, is damaged, or another process trains in it
   */
  static async open(folder: string): Promise<TextRun> {
    const run = await readRun(textRuns, folder);
    return new TextRun(run, await lockRun(run));
  }

  /**
   * Where the corpus of a run is found again: a path or a name.
   * @throws InputError when the folder is no text run, or its corpus was not a file or a name
   */
  static async corpusOf(folder: string): Promise<string> {
    const { source } = (await readRun(textRuns, folder)).extra.corpus;
    if (source === null || source === '-') {
      throw new InputError(
        `${folder}: its corpus came from no file; give it again: text train <corpus> --resume ${folder}`,
      );
    }
    return source;
  }

  /** @throws InputError when the corpus is not the one the run was trained on */
  checkCorpus({ name, text }: TextSource): void {
    const { corpus } = this.#extra;
    if (sha256(text) !== corpus.sha256) {
      throw new InputError(
        `corpus "${name}": it is not the text this run was trained on ("${corpus.name}", ${corpus.characters} characters); give that one, or start a new run`,
      );
    }
  }

  /**
   * The checkpoint that training goes on from; `undefined` when none was written before the training was ended.
   * Metrics of later steps are dropped.
   * @throws InputError when it is damaged, or belongs to a model of another vocabulary
   */
  async lastCheckpoint(): Promise<Checkpoint | undefined> {
    if ((await savedSteps(this)).length === 0) {
      await truncateMetricsAfter(this, 0);
      return undefined;
    }
    const { step, tensors, state } = await loadCheckpoint(this, 'latest');
    const { progress } = checkedState(this.folder, state, this.vocabulary);
    await truncateMetricsAfter(this, step);
    return { step, tensors, progress: { ...progress, bestLoss: progress.bestLoss ?? Infinity } };
  }

  async checkpoint(step: number, tensors: Weights, progress: Progress, best: boolean): Promise<void> {
    const bestLoss = Number.isFinite(progress.bestLoss) ? progress.bestLoss : null;
    const state = { vocabulary: fingerprint(this.vocabulary), progress: { ...progress, bestLoss } };
    await saveCheckpoint(this, step, tensors, state, { best });
  }

  async logStep(metric: { step: number; epoch: number; loss: number; batchLoss: number }): Promise<void> {
    if (metric.step % STEPS_BETWEEN_METRICS === 0) await appendMetric(this, { type: 'step', ...metric });
  }

  async logEpoch(metric: { step: number; epoch: number; loss: number }): Promise<void> {
    await appendMetric(this, { ...metric, type: 'epoch' });
  }

  async writeSamples(
    epoch: number,
    prompt: string,
    samples: readonly { temperature: number; text: string }[],
  ): Promise<void> {
    const folder = join(this.folder, 'samples');
    await mkdir(folder, { recursive: true });
    const parts = samples.map(({ temperature, text }) => `--- temperature ${temperature}\n${text}\n`);
    const name = `epoch-${String(epoch).padStart(4, '0')}.txt`;
    await writeFileAtomic(join(folder, name), `--- prompt\n${prompt}\n\n${parts.join('\n')}`);
  }

  /** Lets other processes use the folder again. */
  async close(): Promise<void> {
    await this.#lock.release();
  }
}

/**
 * The trained model of a run.
 * @param checkpoint `best` (default; the newest while there is no best one yet) or `latest`
 * @throws InputError when the folder is no text run or its checkpoint is damaged
 */
export async function loadLanguageModel(folder: string, checkpoint = 'best'): Promise<LanguageModel> {
  if (checkpoint !== 'best' && checkpoint !== 'latest') {
    throw new InputError(`--checkpoint: "${checkpoint}" was given; expected best or latest`);
  }
  const { options, extra } = await readRun(textRuns, folder);
  const { architecture, passages } = extra;
  const vocabulary = vocabularyOf(extra);
  const { tensors, state } = await loadCheckpoint(
    { folder },
    checkpoint === 'best' ? await bestOrLatest(folder) : 'latest',
  );
  checkedState(folder, state, vocabulary);
  const names = parametersOf(architecture)
    .list()
    .map(({ name }) => name);
  const weights = Object.fromEntries(Object.entries(tensors).filter(([name]) => names.includes(name)));
  const { window, objective } = options;
  return { architecture, vocabulary, passages, weights, window, objective };
}

async function bestOrLatest(folder: string): Promise<'best' | 'latest'> {
  const names: readonly string[] = await readdir(join(folder, 'checkpoints')).catch(() => []);
  return names.includes('best.safetensors') ? 'best' : 'latest';
}

function vocabularyOf({ vocabulary: { level, lowerCase, tokens } }: Pick<Extra, 'vocabulary'>): Vocabulary {
  return new Vocabulary(level, lowerCase, tokens);
}

function checkedState(folder: string, state: unknown, vocabulary: Vocabulary): z.output<typeof stateSchema> {
  const parsed = stateSchema.safeParse(state);
  if (!parsed.success)
    throw new InputError(`${folder}: its checkpoint is not one of a text run; restore it from a copy`);
  if (parsed.data.vocabulary !== fingerprint(vocabulary)) {
    throw new InputError(
      `${folder}: its checkpoint belongs to a model of another vocabulary; put back the checkpoint of this run`,
    );
  }
  return parsed.data;
}

function fingerprint(vocabulary: Vocabulary): string {
  return sha256(JSON.stringify(vocabulary));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

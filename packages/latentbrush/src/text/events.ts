import type { Reports, TrainingEvent } from '../training/index.ts';
import type { LanguageModel } from './model.ts';

/** Reports of language model training besides the events of all trainings. */
export interface TextReports extends Reports {
  readonly start: {
    /** Distinct tokens. */
    readonly vocabulary: number;
    readonly parameters: number;
    readonly batchesPerEpoch: number;
    /** Memory that the training needs, in bytes. */
    readonly memory: number;
  };
  readonly step: object;
  /** The mean loss of the epoch's batches, each with the weights at its step. */
  readonly epoch: Quality & {
    /** On the part for validation; undefined when there is none. */
    readonly validation: Quality | undefined;
  };
  readonly sample: {
    readonly epoch: number;
    readonly temperature: number;
    /** The passage of the corpus that the sample continues. */
    readonly prompt: string;
    readonly text: string;
  };
  readonly model: LanguageModel;
}

/** The sample texts of an epoch as one text: the file in `samples/` of a run. */
export function sampleDocument(samples: readonly TextReports['sample'][]): string {
  const texts = samples.map(({ temperature, text }) => `--- temperature ${temperature}\n${text}\n`);
  return `--- prompt\n${samples[0]?.prompt ?? ''}\n\n${texts.join('\n')}`;
}

/** The events of language model training. */
export type TrainEvent = TrainingEvent<TextReports>;

/** A loss in three units. */
export interface Quality {
  /** Nats per token. */
  readonly loss: number;
  /** exp(loss): the number of equally likely tokens with the same uncertainty. */
  readonly perplexity: number;
  readonly bitsPerCharacter: number;
}

/**
 * The units of a loss in nats per token.
 * @example
 * console.log(text.quality(Math.LN2, 1)); // { loss: 0.6931471805599453, perplexity: 2, bitsPerCharacter: 1 }
 */
export function quality(loss: number, charactersPerToken: number): Quality {
  return { loss, perplexity: Math.exp(loss), bitsPerCharacter: loss / charactersPerToken / Math.LN2 };
}

import type { LanguageModel } from './sample.ts';

/** What training tells while it goes on. */
export type TrainEvent =
  | {
      readonly type: 'start';
      readonly vocabulary: number;
      readonly parameters: number;
      readonly batchesPerEpoch: number;
      /** Step at which training begins: 0, or that of the checkpoint it goes on from. */
      readonly step: number;
      /** Steps that all epochs will take. */
      readonly total: number;
      readonly folder: string | undefined;
    }
  | {
      readonly type: 'step';
      /** Steps done. */
      readonly step: number;
      readonly total: number;
      /** Epoch, from 1. */
      readonly epoch: number;
      /** Mean loss of the epoch so far, in nats per token. */
      readonly loss: number;
      /** Loss of this batch. */
      readonly batchLoss: number;
    }
  | {
      readonly type: 'epoch';
      readonly step: number;
      readonly epoch: number;
      /** Mean training loss of the epoch, in nats per token. */
      readonly loss: number;
      readonly perplexity: number;
      readonly bitsPerCharacter: number;
      readonly validation: Quality | undefined;
      /** Whether this is the best epoch so far. */
      readonly best: boolean;
    }
  | {
      readonly type: 'sample';
      readonly step: number;
      readonly epoch: number;
      readonly temperature: number;
      /** The passage of the corpus that the text goes on from. */
      readonly prompt: string;
      readonly text: string;
    }
  | { readonly type: 'checkpoint'; readonly step: number }
  | {
      readonly type: 'done';
      readonly step: number;
      readonly reason: EndReason;
      readonly model: LanguageModel;
    };

/** Why training ended. */
export type EndReason = 'finished' | 'max-steps' | 'early-stopping' | 'aborted';

/** A loss in three units. */
export interface Quality {
  /** Nats per token. */
  readonly loss: number;
  /** exp(loss): between how many tokens the model seems to choose. */
  readonly perplexity: number;
  readonly bitsPerCharacter: number;
}

/** The units of a loss in nats per token. */
export function quality(loss: number, charactersPerToken: number): Quality {
  return { loss, perplexity: Math.exp(loss), bitsPerCharacter: loss / charactersPerToken / Math.LN2 };
}

import type { Reports } from './task.ts';
import type { Words } from '../words.ts';

/** Why training ended. */
export type EndReason = 'finished' | 'max-steps' | 'early-stopping' | 'aborted';

/** In training by epochs, a step's `loss` is the mean over the epoch so far. */
type StepOfEpoch<R extends Reports> = [R['epoch']] extends [never]
  ? object
  : {
      /** From 1. */
      readonly epoch: number;
      /** Mean over the epoch so far. */
      readonly loss: number;
      /** Loss of this batch. */
      readonly batchLoss: number;
    };

/** The events of a training. `step` is always the number of steps done. */
export type TrainingEvent<R extends Reports> =
  | ({
      readonly type: 'start';
      /** 0, or the step of the checkpoint from which training continues. */
      readonly step: number;
      /** Steps until the end. */
      readonly total: number;
      /** Folder of the run; undefined when none is kept. */
      readonly folder: string | undefined;
    } & R['start'])
  | ({ readonly type: 'step'; readonly step: number; readonly total: number } & StepOfEpoch<R> & R['step'])
  | EpochEvent<R>
  | ({ readonly type: 'sample'; readonly step: number } & R['sample'])
  | { readonly type: 'warning'; readonly step: number; readonly message: string; readonly words: Words }
  | { readonly type: 'checkpoint'; readonly step: number }
  | { readonly type: 'done'; readonly step: number; readonly reason: EndReason; readonly model: R['model'] };

type EpochEvent<R extends Reports> = [R['epoch']] extends [never]
  ? never
  : {
      readonly type: 'epoch';
      readonly step: number;
      /** From 1. */
      readonly epoch: number;
      /** Whether its loss is the lowest so far: the validation loss if there is one. */
      readonly best: boolean;
    } & R['epoch'];

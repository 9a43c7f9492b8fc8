import type { Picture } from '../../image/index.ts';
import type { Reports, TrainingEvent } from '../../training/index.ts';
import type { StyleModel } from './model.ts';

/** The parts of a fast style's loss, as they enter the sum. */
export interface FastLosses {
  readonly loss: number;
  readonly content: number;
  readonly style: number;
  readonly variation: number;
  /** Of colours beyond 0..255. */
  readonly range: number;
  /** Of the pairs from style transfer; 0 without pairs. */
  readonly pairs: number;
}

/** Reports of a fast style's training besides those of all trainings. */
export interface FastReports extends Reports {
  readonly start: {
    readonly parameters: number;
    /** Pictures it learns on. */
    readonly pictures: number;
    /** Pairs it learns on besides. */
    readonly pairs: number;
    /** Memory that the training needs, in bytes. */
    readonly memory: number;
  };
  readonly step: FastLosses;
  readonly epoch: never;
  readonly sample: {
    /** Crops above, painted below. */
    readonly sheet: Picture;
    readonly path: string | undefined;
  };
  readonly model: StyleModel;
}

/** The events of a fast style's training. */
export type FastEvent = TrainingEvent<FastReports>;

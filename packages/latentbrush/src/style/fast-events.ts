import type { Picture } from '../image/index.ts';
import type { StyleModel } from './fast-model.ts';

/** The parts of a fast style's loss, as they enter the sum. */
export interface FastLosses {
  readonly loss: number;
  readonly content: number;
  readonly style: number;
  readonly variation: number;
  /** Of colours beyond 0..255. */
  readonly range: number;
  /** Of the pairs that the slow form painted; 0 where there are none. */
  readonly pairs: number;
}

/** What the training of a fast style tells while it goes on. */
export type FastEvent =
  | {
      readonly type: 'start';
      readonly parameters: number;
      /** Pictures it learns on. */
      readonly pictures: number;
      /** Pairs it learns on besides. */
      readonly pairs: number;
      /** Step at which training begins: 0, or that of the checkpoint it goes on from. */
      readonly step: number;
      readonly total: number;
      readonly folder: string | undefined;
    }
  | ({ readonly type: 'step'; readonly step: number; readonly total: number } & FastLosses)
  | {
      readonly type: 'sample';
      readonly step: number;
      /** Cut-outs above, painted below. */
      readonly sheet: Picture;
      readonly path: string | undefined;
    }
  | { readonly type: 'checkpoint'; readonly step: number }
  | {
      readonly type: 'done';
      readonly step: number;
      readonly reason: 'finished' | 'aborted';
      readonly model: StyleModel;
    };

import type { Picture } from '../../image/index.ts';

/** A place in the course of a painting. */
export interface StylePlace {
  /** Round of the last step, from 1; 0 before the first step. */
  readonly round: number;
  /** Evaluations of all rounds up to that step, as `evaluation` events count them. */
  readonly evaluation: number;
}

/** What style transfer tells while it goes on. */
export type StyleEvent =
  | {
      readonly type: 'start';
      readonly height: number;
      readonly width: number;
      readonly rounds: number;
      /** Estimate of the memory needed, in bytes. */
      readonly memory: number;
    }
  | {
      readonly type: 'evaluation';
      /** Evaluations of loss and gradient so far, and all there will be at most. */
      readonly evaluation: number;
      readonly total: number;
      readonly loss: number;
      /** The picture as it is, of the size worked at; made when it is called, before the next event is asked for. */
      readonly picture: () => Picture;
    }
  | {
      readonly type: 'round';
      /** Rounds done. */
      readonly round: number;
      readonly total: number;
      readonly height: number;
      readonly width: number;
      /** Of the picture as it is now; with Adam, of the picture before its last step. */
      readonly loss: number;
      /** The parts of the loss, by name. */
      readonly terms: Readonly<Record<string, number>>;
      /** How the picture looks by now, of the size worked at: smaller than the result while the pyramid goes on. */
      readonly picture: Picture;
    }
  | {
      readonly type: 'done';
      readonly reason: 'finished' | 'aborted';
      /** Of the size that `start` said; when aborted earlier in the pyramid, enlarged to it. */
      readonly picture: Picture;
      /** Where it was aborted; told at that place, the same painting comes to the same picture. */
      readonly stoppedAt?: StylePlace;
    };

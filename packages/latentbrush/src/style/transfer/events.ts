import type { Picture } from '../../image/index.ts';

/** A place in the course of a painting. */
export interface StylePlace {
  /** Round of the last step, from 1; 0 before the first step. */
  readonly round: number;
  /** Evaluations of all rounds up to that step, counted like `evaluation` events. */
  readonly evaluation: number;
}

/** The events of style transfer. */
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
      /** Evaluations of loss and gradient so far, and their maximum number. */
      readonly evaluation: number;
      readonly total: number;
      readonly loss: number;
      /** The current picture, in the current size. Call it before you read the next event. */
      readonly picture: () => Picture;
    }
  | {
      readonly type: 'round';
      /** Rounds done. */
      readonly round: number;
      readonly total: number;
      readonly height: number;
      readonly width: number;
      /** Of the current picture; with Adam, of the picture before its last step. */
      readonly loss: number;
      /** The parts of the loss, by name. */
      readonly terms: Readonly<Record<string, number>>;
      /** The current picture, in the current size: smaller than the result at coarse sizes of the pyramid. */
      readonly picture: Picture;
    }
  | {
      readonly type: 'done';
      readonly reason: 'finished' | 'aborted';
      /** In the size of the `start` event; enlarged to it when aborted earlier in the pyramid. */
      readonly picture: Picture;
      /** The point where it was aborted; stopping there again gives the same picture. */
      readonly stoppedAt?: StylePlace;
    };

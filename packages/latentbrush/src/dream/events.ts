import type { Picture } from '../image/index.ts';

/** A point in the progress of a dream. */
export interface DreamPlace {
  /** Octave, from 1. */
  readonly octave: number;
  /** Steps done in this octave. */
  readonly iteration: number;
}

/** The events of a dream. */
export type DreamEvent =
  | {
      readonly type: 'start';
      /** The sizes of the octaves, from small to full: [height, width]. */
      readonly octaves: readonly (readonly [number, number])[];
      /** Steps of all octaves, if none stops early. */
      readonly total: number;
      /**
       * Height and width of the squares in which the picture is computed, shifted from step to step, if the network computes at no other size than that for
       * which it was exported.
       */
      readonly squares?: readonly [height: number, width: number];
    }
  | {
      readonly type: 'step';
      /** Octave, from 1. */
      readonly octave: number;
      /** Steps done in this octave. */
      readonly iteration: number;
      /** Steps done in all octaves, including skipped steps of octaves that stopped early. */
      readonly done: number;
      readonly total: number;
      /** Loss before the step. */
      readonly loss: number;
      readonly terms: Readonly<Record<string, number>>;
      /**
       * The current picture at the size of this octave. It is made when called; call it before the next
       * event.
       */
      readonly picture: () => Picture;
    }
  | {
      readonly type: 'octave';
      /** From 1. */
      readonly octave: number;
      /** The picture after this octave, at its size, with the lost detail restored. */
      readonly picture: Picture;
    }
  | {
      readonly type: 'done';
      readonly reason: 'finished' | 'aborted';
      readonly picture: Picture;
      /** The point where it was aborted; aborting the same dream there again gives the same picture. */
      readonly stoppedAt?: DreamPlace;
      /** Number of steps done. */
      readonly steps: number;
      /**
       * Whether the gradient was 0 everywhere in every step: then nothing in the picture excites the layers.
       */
      readonly flat: boolean;
    };

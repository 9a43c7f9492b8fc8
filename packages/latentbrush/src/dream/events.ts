import type { Picture } from '../image/index.ts';

/** A place in the course of a dream. */
export interface DreamPlace {
  /** Octave, from 1. */
  readonly octave: number;
  /** Steps done in it. */
  readonly iteration: number;
}

/** What a dream tells while it goes on. */
export type DreamEvent =
  | {
      readonly type: 'start';
      /** Sizes it will be dreamed at, from small to whole: [height, width]. */
      readonly octaves: readonly (readonly [number, number])[];
      /** Steps of all sizes, if none stops early. */
      readonly total: number;
    }
  | {
      readonly type: 'step';
      /** Octave, from 1. */
      readonly octave: number;
      /** Steps done in it. */
      readonly iteration: number;
      /** Steps done in all octaves, the skipped ones of octaves that stopped early counted. */
      readonly done: number;
      readonly total: number;
      /** Loss before the step. */
      readonly loss: number;
      readonly terms: Readonly<Record<string, number>>;
      /** The picture as it is, of the size of this octave; made when it is called, before the next event is asked for. */
      readonly picture: () => Picture;
    }
  | {
      readonly type: 'octave';
      /** From 1. */
      readonly octave: number;
      /** The picture as it is after this octave, of its size, the lost detail put back. */
      readonly picture: Picture;
    }
  | {
      readonly type: 'done';
      readonly reason: 'finished' | 'aborted';
      readonly picture: Picture;
      /** Where it was aborted; told at that place, the same dream comes to the same picture. */
      readonly stoppedAt?: DreamPlace;
      /** Steps that were taken. */
      readonly steps: number;
      /** Whether the gradient was 0 everywhere in every step: then nothing in the picture excites the layers. */
      readonly flat: boolean;
    };

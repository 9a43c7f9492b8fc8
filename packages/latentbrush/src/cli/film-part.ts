import { InputError } from '@latentbrush/engine';
import type { ReadingRules } from '../data/index.ts';

/** What is written of a film; where nothing is said, all of it. */
export interface FilmPart {
  /** The frames up to this one: where a film was interrupted that is made again. */
  readonly until?: number | undefined;
  /** This frame alone, as a picture. */
  readonly frame?: number | undefined;
  /** How the folder of its frames is listed. Default: by the newest rules. */
  readonly rules?: ReadingRules | undefined;
}

/** That a film does not have the one frame of it that is wanted. */
export function noSuchFrame(frame: number): InputError {
  return new InputError(`frame ${frame}: the film ends before it; choose one of its frames`);
}

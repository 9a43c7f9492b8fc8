import { InputError } from '@latentbrush/engine';
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { commandLine } from '../shell-word.ts';

/** The source of a run's data. */
export interface DataPlace {
  /** The folder of the run. */
  readonly run: string;
  /** The given place; undefined: the place that the run recorded. */
  readonly given: string | undefined;
  readonly remembered: string;
  /** The words of the command that trains, with a placeholder for the data: `vae`, `train`, `DATASET`. */
  readonly command: readonly string[];
}

/**
 * Loads the data of a run.
 * @param load called with their place
 * @throws InputError that says how to give another place, when they are not in the recorded place
 */
export async function loadFromPlace<T>(
  { run, given, remembered, command }: DataPlace,
  load: (place: string) => Promise<T>,
): Promise<T> {
  try {
    return await load(given ?? remembered);
  } catch (error) {
    if (given !== undefined || !(error instanceof InputError) || !isMissing(remembered)) throw error;
    throw new InputError(
      `${remembered}: the data of ${run} are no longer there; if they were moved, give the new place: ${commandLine([...command, '--resume', run])} continues with them and records the place`,
      { cause: error },
    );
  }
}

// Two files of a data set are one source: `images,labels`.
function isMissing(place: string): boolean {
  return !existsSync(place) && place.split(',').some((path) => isAbsolute(path) && !existsSync(path));
}

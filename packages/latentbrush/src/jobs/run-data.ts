import { InputError } from '@latentbrush/engine';
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { commandLine } from '../shell-word.ts';

/** Where the data of a run are loaded from. */
export interface DataPlace {
  /** The folder of the run. */
  readonly run: string;
  /** What was given; nothing: where the run remembers them. */
  readonly given: string | undefined;
  readonly remembered: string;
  /** The words of the command that trains, with what stands for another place: `vae`, `train`, `DATASET`. */
  readonly command: readonly string[];
}

/**
 * Loads the data of a run.
 * @param load called with the place they are in
 * @throws InputError that says how to give another place, when they are not where the run remembers them
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
      `${remembered}: the data of ${run} are not there any more; if they were moved, say where they are: ${commandLine([...command, '--resume', run])} continues with them, and remembers the place`,
      { cause: error },
    );
  }
}

// Two files of a data set are one source: `images,labels`.
function isMissing(place: string): boolean {
  return !existsSync(place) && place.split(',').some((path) => isAbsolute(path) && !existsSync(path));
}

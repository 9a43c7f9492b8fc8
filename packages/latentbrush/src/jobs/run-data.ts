import { InputError } from '@latentbrush/engine';
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { JobCall, OptionError, words } from '../words.ts';

/** The source of a run's data. */
export interface DataPlace {
  /** The folder of the run. */
  readonly run: string;
  /** The given place; undefined: the place that the run recorded. */
  readonly given: string | undefined;
  readonly remembered: string;
  /** The system that made it. */
  readonly system: string;
  /** Placeholders for its data, by the names of the inputs that have moved: `{ dataset: 'DATASET' }`. */
  readonly inputs: Readonly<Record<string, string>>;
}

/**
 * Loads the data of a run.
 * @param load called with their place
 * @throws InputError that says how to give another place, when they are not in the recorded place
 */
export async function loadFromPlace<T>(
  { run, given, remembered, system, inputs }: DataPlace,
  load: (place: string) => Promise<T>,
): Promise<T> {
  try {
    return await load(given ?? remembered);
  } catch (error) {
    if (given !== undefined || !(error instanceof InputError) || !isMissing(remembered)) throw error;
    const resumed = new JobCall({ job: `${system}.resume`, inputs, run });
    throw new OptionError(
      words`${remembered}: the data of ${run} were not found; if they were moved, give the new place: ${resumed} continues with them and records the place`,
      { cause: error },
    );
  }
}

// Two files of a data set are one source: `images,labels`.
function isMissing(place: string): boolean {
  return !existsSync(place) && place.split(',').some((path) => isAbsolute(path) && !existsSync(path));
}

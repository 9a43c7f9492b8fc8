import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { InputError } from '@latentbrush/engine';
import type { z } from 'zod';
import { flagOf } from '../options.ts';
import { commandLine } from '../shell-word.ts';
import { readSchemaOptions, schemaValues } from './schema-options.ts';

/**
 * The options that a resumed training is given anew, checked.
 * @param changeable the only ones it may be given
 * @throws InputError when another one was given, or `--run`
 */
export function changedOptions<S extends z.ZodObject, Name extends keyof z.output<S> & string>(
  schema: S,
  given: Readonly<Record<string, unknown>>,
  changeable: readonly Name[],
): Pick<z.output<S>, Name> {
  const values = schemaValues(schema, given);
  const allowed: readonly string[] = changeable;
  if (given.run !== undefined || Object.keys(values).some((name) => !allowed.includes(name))) {
    const flags = changeable.map(flagOf);
    throw new InputError(
      `--resume goes on with the options of the run; of them only ${flags.slice(0, -1).join(', ')} and ${flags.at(-1) ?? ''} can be changed`,
    );
  }
  const checked = readSchemaOptions(schema, given);
  const chosen = changeable.filter((name) => name in values);
  return Object.fromEntries(chosen.map((name) => [name, checked[name]])) as Pick<z.output<S>, Name>;
}

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

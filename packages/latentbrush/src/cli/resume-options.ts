import { InputError } from '@latentbrush/engine';
import type { z } from 'zod';
import { flagOf } from '../options.ts';
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

export { loadFromPlace, type DataPlace } from '../jobs/run-data.ts';

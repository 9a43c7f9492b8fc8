import { InputError } from '@latentbrush/engine';
import type { z } from 'zod';
import { inPlainWords } from './option-words.ts';

/** How an option is named to the person who gave it: as a property (library) or as a flag (command line). */
export type OptionStyle = 'property' | 'flag';

/** `learningRate` as it is written on the command line: `--learning-rate`. */
export function flagOf(property: string): string {
  return `--${property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * Checks options against their schema and fills in the defaults.
 * @throws InputError in one line: which option, what was given, what would be right
 */
export function parseOptions<S extends z.ZodType>(
  schema: S,
  given: unknown,
  style: OptionStyle = 'property',
): z.output<S> {
  const result = schema.safeParse(given, { error: inPlainWords });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) throw new InputError('options: not valid');
  const name = (key: PropertyKey | undefined): string =>
    style === 'flag' ? flagOf(String(key)) : `option ${String(key)}`;
  if (issue.code === 'unrecognized_keys')
    throw new InputError(`${name(issue.keys[0])}: there is no such option`);
  const value = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    given,
  );
  throw new InputError(`${name(issue.path[0])}: ${written(value)} was given; ${lowerFirst(issue.message)}`);
}

/** Options with some of them changed. A change that is undefined leaves the option as it was. */
export function withChanges<Options extends object>(
  options: Options,
  changes: { readonly [Name in keyof Options]?: Options[Name] | undefined },
): Options {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...options, ...Object.fromEntries(given) };
}

function written(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'number' ? String(value) : JSON.stringify(value); // JSON has no Infinity
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

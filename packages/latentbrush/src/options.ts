import { InputError } from '@latentbrush/engine';
import { deprecate } from 'node:util';
import type { z } from 'zod';
import { inPlainWords } from './option-words.ts';
import { option, OptionError, words } from './words.ts';

/** `learningRate` in the form of the command line: `--learning-rate`. */
export function flagOf(property: string): string {
  return `--${property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * Checks options against their schema and fills in the defaults.
 * @throws OptionError in one line: the option, what was given, what would be right
 */
export function parseOptions<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const result = schema.safeParse(given, { error: inPlainWords });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) throw new InputError('options: not valid');
  if (issue.code === 'unrecognized_keys')
    throw new OptionError(words`${option(String(issue.keys[0]))}: there is no such option`);
  const value = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    given,
  );
  const name = option(String(issue.path[0]));
  throw new OptionError(words`${name}: ${written(value)} was given; ${lowerFirst(issue.message)}`);
}

/** Options of every long job. */
export interface Stoppable {
  /** Ends the job at its next safe point: after a step, with the results so far. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Removes the signal from options, since runs and recipes store them without it.
 * @param deprecated a signal given after the options, as in version 0.1; either signal ends the job
 * @throws InputError when the given signal is not one
 */
export function takeSignal<Options extends Stoppable>(
  options: Options,
  deprecated?: AbortSignal,
): { readonly given: Omit<Options, 'signal'>; readonly signal: AbortSignal | undefined } {
  const { signal, ...given } = options;
  const signals = [signal, deprecated].filter((each) => each !== undefined);
  for (const each of signals) checkSignal(each);
  return { given, signal: signals.length > 1 ? AbortSignal.any(signals) : signals[0] };
}

/** Makes Node warn once when a signal was given after the options. */
export const signalWarning = {
  show: deprecate(
    () => undefined,
    'a signal after the options is deprecated; give it in the options, as { ...options, signal }',
    'LATENTBRUSH_signal',
  ),
};

/** A signal that was given after the options, as in version 0.1. Warns of it. */
export function afterOptions(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal !== undefined) signalWarning.show();
  return signal;
}

/** Whether a value is an AbortSignal, also one of another realm or package. */
export function isSignal(value: unknown): value is AbortSignal {
  return (
    typeof value === 'object' &&
    value !== null &&
    'aborted' in value &&
    typeof value.aborted === 'boolean' &&
    'addEventListener' in value
  );
}

function checkSignal(value: unknown): void {
  if (!isSignal(value))
    throw new InputError(
      `option signal: ${written(value)} was given; it must be an AbortSignal, such as the signal of an AbortController`,
    );
}

/** Options with some of them changed. An undefined change does not change the option. */
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

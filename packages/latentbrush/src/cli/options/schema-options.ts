import { InputError } from '@latentbrush/engine';
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { splitNames } from '../../pretrained/backbones/layer-names.ts';
import { flagOf, parseOptions } from '../../options.ts';

/** An option's schema without its wrappers for defaults and absence. */
interface Unwrapped {
  readonly type: z.core.$ZodType;
  readonly fallback: unknown;
}

function unwrap(schema: z.core.$ZodType): Unwrapped {
  let type = schema;
  let fallback: unknown;
  while (type instanceof z.ZodDefault || type instanceof z.ZodOptional) {
    if (type instanceof z.ZodDefault) fallback = type.def.defaultValue;
    type = type.def.innerType;
  }
  return { type, fallback };
}

/**
 * Adds an option to a command for each property of a schema, which gives name, values, default and help text.
 * @param hidden properties that the command offers in another form
 */
export function addSchemaOptions(
  command: Command,
  schema: z.ZodObject,
  hidden: readonly string[] = [],
): void {
  for (const [property, definition] of Object.entries<z.ZodType>(schema.shape)) {
    if (hidden.includes(property)) continue;
    const { type, fallback } = unwrap(definition);
    const flag = `${flagOf(property)}${placeholder(type)}`;
    const option = new Option(flag, definition.description);
    if (type instanceof z.ZodEnum) option.choices(type.options.map(String));
    option.description += noteOfDefault(fallback);
    command.addOption(option);
  }
}

function noteOfDefault(fallback: unknown): string {
  if (Array.isArray(fallback)) return ` (default: ${fallback.join(',')})`;
  return (typeof fallback === 'string' && fallback !== '') || typeof fallback === 'number'
    ? ` (default: ${fallback})`
    : '';
}

function placeholder(type: z.core.$ZodType): string {
  if (type instanceof z.ZodBoolean) return '';
  if (type instanceof z.ZodArray) return ' <x,...>';
  if (type instanceof z.ZodNumber) return type.format === 'safeint' ? ' <n>' : ' <x>';
  if (isNumberChoice(type)) return ' <n>';
  if (type instanceof z.ZodEnum) return ' <name>';
  return ' <text>';
}

/**
 * The values from the command line, checked against their schema.
 * @throws InputError naming the flag
 */
export function readSchemaOptions<S extends z.ZodObject>(
  schema: S,
  given: Readonly<Record<string, unknown>>,
): z.output<S> {
  return parseOptions(schema, schemaValues(schema, given));
}

/**
 * The values from the command line for the properties of a schema, with numbers and lists converted, not yet
 * checked.
 */
export function schemaValues(
  schema: z.ZodObject,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries<z.ZodType>(schema.shape).flatMap(([property, definition]) => {
      const value = given[property];
      return value === undefined
        ? []
        : [[property, convert(property, unwrap(definition).type, value)] as const];
    }),
  );
}

// One of several numbers, such as the sizes that a network can have.
function isNumberChoice(type: z.core.$ZodType): boolean {
  return type instanceof z.ZodLiteral && [...type.values].every((value) => typeof value === 'number');
}

/**
 * The value of a text, by the schema of its option; not yet checked. @throws InputError naming the flag when a number is needed and the
 * text is no number
 */
export function valueOfText(property: string, schema: z.core.$ZodType, text: string): unknown {
  const { type } = unwrap(schema);
  if (!(type instanceof z.ZodBoolean)) return convert(property, type, text);
  return text === 'true' || (text === 'false' ? false : text); // the schema refuses other types
}

/** Whether the values of an option are lists. */
export function isListOption(schema: z.core.$ZodType): boolean {
  return unwrap(schema).type instanceof z.ZodArray;
}

function convert(property: string, type: z.core.$ZodType, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (type instanceof z.ZodNumber || isNumberChoice(type)) return numberOf(flagOf(property), value);
  if (type instanceof z.ZodArray) {
    return type.element instanceof z.ZodNumber
      ? value.split(',').map((part) => numberOf(flagOf(property), part))
      : splitNames(value);
  }
  return value;
}

/** @throws InputError naming the flag when the text is not a number */
export function numberOf(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InputError(`${flag}: "${text}" is not a number`);
  return value;
}

/** @throws InputError naming the flag when the text is not a whole number of at least 1 */
export function lengthOf(flag: string, text: string): number {
  const value = numberOf(flag, text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InputError(`${flag}: ${text} was given; a whole number of at least 1 is needed`);
}

/** A flag that is a length, if it was given. */
export function lengthGiven(flag: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : lengthOf(flag, text);
}

/** A flag that is a number, if it was given. */
export function numberGiven(flag: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : numberOf(flag, text);
}

/**
 * The value of `--seed`, 1 when it is not given.
 * @throws InputError when it is not a whole number of at least 0
 */
export function seedOf(text: string | undefined): number {
  if (text === undefined) return 1;
  const value = numberOf('--seed', text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InputError(`--seed: ${text} was given; a whole number of at least 0 is needed`);
}

/** Options in the form of the command line, for help texts. */
export function flagsOf(options: Readonly<Record<string, unknown>>): string {
  return Object.entries(options)
    .map(([name, value]) => (value === true ? flagOf(name) : `${flagOf(name)} ${String(value)}`))
    .join(' ');
}

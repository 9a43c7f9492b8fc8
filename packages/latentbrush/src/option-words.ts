import { z } from 'zod';
import { counted } from './counted.ts';

/**
 * A plain description of what a value must be or have, for common schema errors: the `error` of a parse. A schema's own message takes
 * precedence. @returns undefined for other errors: then the validation library's message is used
 */
export function inPlainWords(issue: z.core.$ZodRawIssue): string | undefined {
  const words = whatIsNeeded(issue);
  return words === undefined ? undefined : `it must ${words}`;
}

function whatIsNeeded(issue: z.core.$ZodRawIssue): string | undefined {
  const { schema } = issue;
  switch (issue.code) {
    case 'invalid_type': {
      const words = schema instanceof z.ZodNumber ? ofType(issue.input, schema) : NAMES[issue.expected];
      return words === undefined ? undefined : `be ${words}`;
    }
    case 'too_small':
      if (schema instanceof z.ZodNumber) return `be ${number(schema)}`;
      return issue.minimum === 1 ? 'not be empty' : `have at least ${lengthOf(issue.minimum, issue.origin)}`;
    case 'too_big':
      if (issue.maximum === Number.MAX_SAFE_INTEGER) return `be at most ${issue.maximum}`;
      if (schema instanceof z.ZodNumber) return `be ${number(schema)}`;
      return `have at most ${lengthOf(issue.maximum, issue.origin)}`;
    case 'not_multiple_of':
      return `be a multiple of ${issue.divisor}`;
    case 'invalid_value':
      return `be ${oneOf(issue.values.map(String))}`;
    default:
      return undefined;
  }
}

const NAMES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  object: 'an object',
  string: 'a text',
};

function ofType(value: unknown, schema: z.ZodNumber): string {
  if (value === Infinity || value === -Infinity) return 'a finite number';
  return typeof value === 'number' || isWhole(schema) ? number(schema) : `a number, ${number(schema)}`;
}

/** `a whole number between 1 and 20`, `greater than 0 and at most 1`, `at least 0`. */
function number(schema: z.ZodNumber): string {
  const range = rangeOf(schema);
  if (!isWhole(schema)) return range ?? 'a number';
  if (range === undefined) return 'a whole number';
  return `a whole number ${range.startsWith('between') ? '' : 'of '}${range}`;
}

function isWhole({ format }: z.ZodNumber): boolean {
  return format === 'safeint';
}

function rangeOf(schema: z.ZodNumber): string | undefined {
  const [low, high] = [bound(schema.minValue), bound(schema.maxValue)];
  const above =
    low !== undefined && isExclusive(schema, low) ? `greater than ${low}` : `at least ${low ?? ''}`;
  const below =
    high !== undefined && isExclusive(schema, high) ? `less than ${high}` : `at most ${high ?? ''}`;
  if (low === undefined) return high === undefined ? undefined : below;
  if (high === undefined) return above;
  return above.startsWith('at') && below.startsWith('at')
    ? `between ${low} and ${high}`
    : `${above} and ${below}`;
}

/** A bound from a schema, not the largest safe integer. */
function bound(value: number | null): number | undefined {
  return value === null || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value;
}

function isExclusive(schema: z.ZodNumber, value: number): boolean {
  return (schema.def.checks ?? []).some(
    (check) =>
      (check instanceof z.core.$ZodCheckGreaterThan || check instanceof z.core.$ZodCheckLessThan) &&
      check._zod.def.value === value &&
      !check._zod.def.inclusive,
  );
}

function lengthOf(length: number | bigint, origin: string): string {
  return origin === 'string'
    ? counted(Number(length), 'character')
    : counted(Number(length), 'entry', 'entries');
}

function oneOf(values: readonly string[]): string {
  const last = values.at(-1) ?? '';
  return values.length < 2 ? last : `${values.slice(0, -1).join(', ')} or ${last}`;
}

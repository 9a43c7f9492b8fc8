import { inWords } from '../forms/command-line.ts';
import { shownProperties, type Options, type Property } from '../forms/schema.ts';

/** An option to vary, and its values. */
export interface VariedOption {
  readonly option: string;
  readonly values: readonly unknown[];
}

/** The options of a schema that can be varied: recipes record them, and they change the picture. */
export function variableProperties(schema: Readonly<Record<string, unknown>>): [string, Property][] {
  return shownProperties(schema).filter(
    ([name, { recorded }]) => recorded !== false && name !== 'threads' && name !== 'sourceFrame',
  );
}

/** Values to begin with, for options whose schema gives too little. */
const SUGGESTED: Readonly<Record<string, string>> = {
  layers: 'mixed0=3; mixed1=3; mixed2=3; mixed3=3; mixed4=2; mixed5=2',
  contentWeight: '0.008, 0.025, 0.2',
  seed: '1, 2, 3, 4',
};

/**
 * Proposed values of an option to compare, as text.
 * @returns an empty text for options with any number of possible values
 */
export function suggestedValues(name: string, property: Property): string {
  const suggested = SUGGESTED[name];
  if (suggested !== undefined) return suggested;
  if (property.enum !== undefined) return property.enum.map(String).join(', ');
  if (property.type === 'boolean') return 'false, true';
  const { default: usual } = property;
  if (typeof usual !== 'number') return '';
  const low = property.minimum ?? -Infinity;
  const high = property.maximum ?? Infinity;
  const isWhole = property.type === 'integer';
  const near = usual === 0 ? [0, isWhole ? 4 : 0.5, isWhole ? 16 : 1] : [usual / 2, usual, usual * 2];
  const possible = near
    .map((value) => (isWhole ? Math.round(value) : Number(value.toPrecision(3))))
    .filter((value) => value >= low && value <= high && value !== property.exclusiveMinimum);
  return [...new Set(possible)].join(', ');
}

/**
 * The values in a text, separated by commas, or by semicolons if values contain commas, such as mixes of layers. An invalid text stays a
 * text: the server reports the error.
 */
export function valuesOf(text: string, property: Property): unknown[] {
  const separator = text.includes(';') || property.type === 'array' ? ';' : ',';
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => valueOf(part, property));
}

function valueOf(text: string, { type, enum: choices, items, properties }: Property): unknown {
  if (choices !== undefined) return choices.find((choice) => String(choice) === text) ?? text;
  if (type === 'boolean') return text === 'true' || (text === 'false' ? false : text);
  if (type === 'number' || type === 'integer') return Number.isNaN(Number(text)) ? text : Number(text);
  if (type === 'array') return text.split(',').map((part) => itemOf(part.trim(), items));
  if (properties !== undefined) {
    const [width, height] = text.split(/[x×]/).map(Number);
    return { width, height };
  }
  return text;
}

function itemOf(text: string, items: Property | undefined): unknown {
  if (items?.properties === undefined) return items?.type === 'string' ? text : Number(text);
  const [, layer = text, channel, coefficient] = /^(.+?)(?::(\d+))?(?:=(-?[\d.]+))?$/.exec(text) ?? [];
  return {
    layer,
    ...(channel !== undefined && { channel: Number(channel) }),
    coefficient: coefficient === undefined ? 1 : Number(coefficient),
  };
}

/** The cells of a sheet, row by row: the first option across, the second down. */
export function cellsOf([across, down]: readonly VariedOption[]): Options[] {
  if (across === undefined) return [];
  const rows: Options[] = down === undefined ? [{}] : down.values.map((value) => ({ [down.option]: value }));
  return rows.flatMap((row) => across.values.map((value) => ({ [across.option]: value, ...row })));
}

/** The varied options of a job; empty if it makes one picture. */
export function variedIn(options: Options): readonly VariedOption[] {
  const { vary } = options as { vary?: { axes?: readonly VariedOption[] } };
  return vary?.axes ?? [];
}

/** A value as a person reads it. */
export function written(value: unknown): string {
  return inWords(value).replaceAll(',', ', ');
}

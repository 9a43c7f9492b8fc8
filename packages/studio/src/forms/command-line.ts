import type { Options } from './schema.ts';

interface Contribution {
  readonly layer: string;
  readonly channel?: number | undefined;
  readonly coefficient: number;
}

/**
 * The command line for a form.
 * @param words the command and its files: `['dream', 'cat.jpg']`
 * @example
 * commandLine(['dream', 'my cat.jpg'], { octaves: 3 }); // latentbrush dream 'my cat.jpg' --octaves 3
 */
export function commandLine(words: readonly string[], options: Options): string {
  const flags = Object.entries(options).flatMap(([name, value]) => {
    if (isVariations(value)) return value.axes.flatMap((axis) => ['--vary', axisInWords(axis)]);
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) return [flag];
    if (value === false) return [flag.replace('--', '--no-')];
    return [flag, inWords(value)];
  });
  return ['latentbrush', ...words, ...flags].map(quoted).join(' ');
}

interface Axis {
  readonly option: string;
  readonly values: readonly unknown[];
}

/** `octaves=1,3,5`; with semicolons if the values contain commas. */
function axisInWords({ option, values }: Axis): string {
  const separator =
    values.some(Array.isArray) || values.some((value) => inWords(value).includes(',')) ? ';' : ',';
  return `${option}=${values.map(inWords).join(separator)}`;
}

/** A value as the command line takes it. */
export function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join(',');
  if (isContribution(value)) {
    const name = /[\s,=:"]/.test(value.layer) ? `"${value.layer}"` : value.layer;
    return `${name}${value.channel === undefined ? '' : `:${value.channel}`}=${value.coefficient}`;
  }
  if (isSize(value)) return `${value.width}x${value.height}`;
  return String(value);
}

function isContribution(value: unknown): value is Contribution {
  return typeof value === 'object' && value !== null && 'coefficient' in value;
}

function isVariations(value: unknown): value is { axes: readonly Axis[] } {
  return typeof value === 'object' && value !== null && 'axes' in value;
}

function isSize(value: unknown): value is { width: number; height: number } {
  return typeof value === 'object' && value !== null && 'width' in value && 'height' in value;
}

/** A word, quoted for a shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

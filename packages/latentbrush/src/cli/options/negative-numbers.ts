/**
 * Changes lists of numbers that begin with a minus, such as the point `-0.5,1`, so that they are not parsed
 * as options: it adds a space before them, which the reader of numbers ignores. Commander already knows
 * single numbers. After `--` nothing is an option.
 */
export function withNegativeNumbers(args: readonly string[]): string[] {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  return args.map((arg, index) => (index < end && /^-[\d.][^,]*,/.test(arg) ? ` ${arg}` : arg));
}

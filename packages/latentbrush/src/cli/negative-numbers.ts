/**
 * Arguments with lists of numbers that begin with a minus, as the point `-0.5,1`, changed so that they are not taken for options: a space
 * goes before them, which means nothing to who reads numbers. Single numbers are known to commander.
 */
export function withNegativeNumbers(args: readonly string[]): string[] {
  return args.map((arg) => (/^-[\d.][^,]*,/.test(arg) ? ` ${arg}` : arg));
}

/**
 * Arguments with lists of numbers that begin with a minus, as the point `-0.5,1`, changed so that they are not taken for options: a space
 * goes before them, which means nothing to who reads numbers. Single numbers are known to commander. After `--` nothing is an option.
 */
export function withNegativeNumbers(args: readonly string[]): string[] {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  return args.map((arg, index) => (index < end && /^-[\d.][^,]*,/.test(arg) ? ` ${arg}` : arg));
}

import { option, OptionError, words } from '../../words.ts';

/** Maximum number of pictures in one folder. */
const MOST = 100_000;

/**
 * The seeds in a text: numbers and ranges, such as `10-200,7`, each once, in order.
 * @throws OptionError when there are none, or more than 100,000
 */
export function seedsOf(text: string): number[] {
  const seeds = new Set<number>();
  for (const part of text.split(',')) {
    const [, first, last = first] = /^\s*(\d{1,15})(?:\s*-\s*(\d{1,15}))?\s*$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === undefined || to < from)
      throw new OptionError(
        words`${option('seeds')}: "${text}" was given; write whole numbers and ranges, such as 10-200,7`,
      );
    if (to - from >= MOST || seeds.size + (to - from) >= MOST)
      throw new OptionError(words`${option('seeds')}: "${text}" names more than ${MOST} seeds; choose fewer`);
    for (let seed = from; seed <= to; seed++) seeds.add(seed);
  }
  return [...seeds];
}

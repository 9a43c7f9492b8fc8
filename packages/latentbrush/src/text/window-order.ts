import type { Random } from '@latentbrush/engine';

/** Windows up to which their order is a list. Longer lists would take more memory than all else, and seconds in each epoch. */
export const LISTED = 2 ** 24;

const ROUNDS = 8;

/**
 * A random order of the numbers below `count`: each comes once. A long one is computed number by number, by a Feistel network over the next power
 * of four; results above `count` are sent through it again (cycle walking), so that it stays a permutation.
 * @param listed counts up to this are shuffled in a list
 * @returns the number at a position
 */
export function randomOrder(
  count: number,
  random: Random,
  listed: number = LISTED,
): (position: number) => number {
  if (count <= listed) {
    const order = random.permutation(count);
    return (position) => order[position] ?? position;
  }
  const bits = Math.ceil(Math.log2(count) / 2);
  const half = 2 ** bits;
  const keys = Array.from({ length: ROUNDS }, () => random.integer(0, 2 ** 31));
  const once = (value: number): number => {
    let [left, right] = [Math.floor(value / half), value % half];
    for (const key of keys) [left, right] = [right, (left ^ mixed(right, key)) & (half - 1)];
    return left * half + right;
  };
  return (position) => {
    let value = once(position);
    while (value >= count) value = once(value);
    return value;
  };
}

// As the finaliser of MurmurHash3 mixes bits.
function mixed(value: number, key: number): number {
  let hash = Math.imul(value ^ key, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

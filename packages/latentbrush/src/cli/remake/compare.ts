import type { Picture } from '../../image/index.ts';

/** Mean absolute difference of the values of two pictures, 0 to 255; undefined when they are of different size. */
export function compare(a: Picture, b: Picture): number | undefined {
  if (a.height !== b.height || a.width !== b.width || a.channels !== b.channels) return undefined;
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i]! - b.data[i]!);
  return sum / a.data.length;
}

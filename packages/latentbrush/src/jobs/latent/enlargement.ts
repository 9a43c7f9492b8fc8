/** About how many pixels a side of a small picture has on a sheet or in an animation. */
const SIDE = 64;

/** How many times pictures of a size are enlarged so that people can see them: a whole number. */
export function enlargement(size: number, side = SIDE): number {
  return Math.max(1, Math.round(side / size));
}

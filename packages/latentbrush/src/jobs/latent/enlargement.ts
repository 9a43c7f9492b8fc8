/** Approximate side, in pixels, of a small picture on a sheet or in an animation. */
const SIDE = 64;

/** Factor by which small pictures are enlarged for people: a whole number. */
export function enlargement(size: number, side = SIDE): number {
  return Math.max(1, Math.round(side / size));
}

/** Longest that a frame stands, in milliseconds: as much as the encoders take. */
const LONGEST = 65_535;

/** Browsers show frames of GIF and WebP that stand shorter than this as long as {@link SLOW}. */
const FASTEST = 20;

const SLOW = 100;

/** Shortest that a frame of a video stands: 100 in a second. */
const VIDEO_UNIT = 10;

/**
 * How long each frame stands, in whole units of a format. Each ends when its exact time is nearest, so that rounding does not add up.
 * @param delays of each frame, in milliseconds
 * @param unit of the format, in milliseconds
 */
export function inUnits(delays: readonly number[], unit: number): number[] {
  let [exact, written] = [0, 0];
  return delays.map((delay) => {
    exact += Math.min(delay, LONGEST);
    const rounded = Math.min(Math.round((exact - written) / unit), Math.floor(LONGEST / unit)) * unit;
    written += rounded;
    return rounded;
  });
}

/** Frames at a steady rate that stand as long as frames with delays of their own: some of them stand for several. */
export interface SteadyFrames {
  readonly framesPerSecond: number;
  /** How many times each frame comes. */
  readonly repeats: readonly number[];
}

/**
 * The steady rate, at most 100 a second, for a video of frames that stand for different times.
 * @param delays of each frame, in milliseconds
 */
export function steady(delays: readonly number[]): SteadyFrames {
  const shown = delays.map((delay) => (delay < FASTEST ? SLOW : delay));
  const common = shown.reduce(greatestDivisor, 0);
  const unit = common < VIDEO_UNIT ? VIDEO_UNIT : common;
  return { framesPerSecond: 1000 / unit, repeats: inUnits(shown, unit).map((time) => time / unit) };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** Longest delay of a frame, in milliseconds: the limit of the encoders. */
const LONGEST = 65_535;

/** Browsers show frames of GIF and WebP with shorter delays than this for {@link SLOW}. */
const FASTEST = 20;

const SLOW = 100;

/** Shortest delay of a video frame: 100 frames a second. */
const VIDEO_UNIT = 10;

/**
 * Delays of frames in whole units of a format. Each frame ends as near as possible to its exact time, so rounding errors do not accumulate.
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

/** Frames at a constant rate in place of frames with their own delays: some frames are repeated. */
export interface SteadyFrames {
  readonly framesPerSecond: number;
  /** Number of copies of each frame. */
  readonly repeats: readonly number[];
}

/**
 * The constant rate, at most 100 a second, for a video of frames with different delays.
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

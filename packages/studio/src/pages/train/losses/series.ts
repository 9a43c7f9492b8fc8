import type { TrainingClock, TrainingCurve } from 'latentbrush/studio';
import type { AlignedData } from 'uplot';

/** A loss of a run. */
export interface Series {
  readonly run: string;
  /** Its name in the events of the training: `loss`, `validation`. */
  readonly curve: string;
  readonly points: TrainingCurve['points'];
}

/** The horizontal axis of a chart. */
export type Axis = 'step' | 'time';

/**
 * Seconds of training at a step: between known steps in proportion, after the last at the latest pace; undefined without two known steps, and
 * before the first.
 */
export function secondsAt(clock: TrainingClock, step: number): number | undefined {
  const [first] = clock;
  if (first === undefined || clock.length < 2 || step < first[0]) return undefined;
  const later = clock.findIndex(([known]) => known >= step);
  const index = Math.max(1, later === -1 ? clock.length - 1 : later);
  const [[step0, seconds0], [step1, seconds1]] = [clock[index - 1]!, clock[index]!];
  return seconds0 + ((step - step0) / (step1 - step0)) * (seconds1 - seconds0);
}

/** Points by seconds of training in place of steps; none where no times are known. */
export function byTime(points: Series['points'], clock: TrainingClock): Series['points'] {
  return points.flatMap(([step, loss]) => {
    const seconds = secondsAt(clock, step);
    return seconds === undefined ? [] : [[seconds, loss] as const];
  });
}

/**
 * An exponential moving average that does not begin at 0, as TensorBoard smooths (Adam corrects its means in the same way).
 * @param amount 0 for none, below 1
 */
export function smoothed(points: Series['points'], amount: number): Series['points'] {
  let mean = 0;
  let weight = 0;
  return points.map(([x, loss]) => {
    mean = amount * mean + (1 - amount) * loss;
    weight = amount * weight + (1 - amount);
    return [x, mean / weight] as const;
  });
}

/** The points of all series in one table. At a point that only other series have, a series has no value. */
export function aligned(all: readonly Series['points'][]): AlignedData {
  const places = [...new Set(all.flatMap((points) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const columns = all.map((points) => {
    const byPlace = new Map(points);
    return places.map((x) => byPlace.get(x)); // undefined: the line skips it
  });
  return [places, ...columns];
}

/** The loss of the point that is nearest to a place; undefined beyond the ends of the series, where nothing was measured. */
export function nearest(points: Series['points'], x: number): number | undefined {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const reach = (last[0] - first[0]) / Math.max(1, points.length - 1); // a step of the measurement
  if (x < first[0] - reach || x > last[0] + reach) return undefined;
  let best = first;
  for (const point of points) if (Math.abs(point[0] - x) < Math.abs(best[0] - x)) best = point;
  return best[1];
}

/** A duration as clocks show it: `0:40`, `12:05`, `1:02:05`. */
export function clockTime(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}`;
}

import type { Say } from '../words/index.ts';

/** The remaining time of a job, in words; undefined while unknown. */
export function remaining(
  started: number | undefined,
  now: number,
  share: number,
  say: Say,
): string | undefined {
  if (started === undefined || share < 0.04 || share >= 1) return undefined;
  const seconds = (((now - started) / share) * (1 - share)) / 1000;
  if (seconds > 90) return say('run.left.minutes', { count: Math.round(seconds / 60) });
  return say('run.left.seconds', { count: Math.max(1, Math.round(seconds)) });
}

import { durationWords } from '../words/duration.ts';
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
  return say('run.left', { time: durationWords(seconds, say) });
}

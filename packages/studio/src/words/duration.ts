import type { Say } from './index.ts';

/** A rough duration: `12 seconds`, `4 minutes`, `2.5 hours`. */
export function durationWords(seconds: number, say: Say): string {
  if (seconds < 90) return say('duration.seconds', { count: Math.max(1, Math.round(seconds)) });
  if (seconds < 90 * 60) return say('duration.minutes', { count: Math.round(seconds / 60) });
  return say('duration.hours', { count: Math.round(seconds / 360) / 10 });
}

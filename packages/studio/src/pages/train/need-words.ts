import type { Say } from '../../words/index.ts';

/** A rough duration: `12 seconds`, `4 minutes`, `2.5 hours`. */
export function durationWords(seconds: number, say: Say): string {
  if (seconds < 90) return say('need.seconds', { count: Math.max(1, Math.round(seconds)) });
  if (seconds < 90 * 60) return say('need.minutes', { count: Math.round(seconds / 60) });
  return say('need.hours', { count: Math.round(seconds / 360) / 10 });
}

/** An amount of memory: `270 MB`, `1.2 GB`. */
export function memoryWords(bytes: number, say: Say): string {
  const megabytes = bytes / 1e6;
  return megabytes < 950
    ? say('need.megabytes', { amount: Math.max(10, Math.round(megabytes / 10) * 10) })
    : say('need.gigabytes', { amount: (megabytes / 1000).toFixed(1) });
}

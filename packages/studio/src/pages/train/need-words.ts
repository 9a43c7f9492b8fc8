import type { Say } from '../../words/index.ts';

/** An amount of memory: `270 MB`, `1.2 GB`. */
export function memoryWords(bytes: number, say: Say): string {
  const megabytes = bytes / 1e6;
  return megabytes < 950
    ? say('need.megabytes', { amount: Math.max(10, Math.round(megabytes / 10) * 10) })
    : say('need.gigabytes', { amount: (megabytes / 1000).toFixed(1) });
}

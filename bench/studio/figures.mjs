import { loadavg } from 'node:os';

/** A share of sorted values: 0.5 is the median, 0 the best. @param {readonly number[]} values @param {number} share */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
}

/**
 * Prints a figure with its limit, and remembers whether it kept it.
 * @param {string} what
 * @param {number} value
 * @param {string} unit
 * @param {{ below?: number, atLeast?: number, note?: string }} [limit]
 */
export function report(what, value, unit, { below, atLeast, note } = {}) {
  const kept = (below === undefined || value < below) && (atLeast === undefined || value >= atLeast);
  if (!kept) process.exitCode = 1;
  const wanted =
    below !== undefined ? ` (below ${below})` : atLeast !== undefined ? ` (at least ${atLeast})` : '';
  const shown = Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(Math.abs(value) < 100 ? 1 : 0);
  const more = note === undefined ? '' : `; ${note}`;
  console.log(`  ${kept ? ' ' : '!'} ${what}: ${shown} ${unit}${wanted}${more}`);
}

/** The load of the machine, to print beside the figures. */
export function load() {
  return `load ${loadavg()[0]?.toFixed(1)}`;
}

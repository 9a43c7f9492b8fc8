import { option, words, type Words } from '../../words.ts';
import type { JobReport } from '../report.ts';

/** How a dream ended. */
export interface Ended {
  readonly reason: 'finished' | 'aborted';
  /** Steps that were taken. */
  readonly steps: number;
  /** Whether the gradient was 0 everywhere in every step. */
  readonly flat: boolean;
}

/**
 * Why dreams came out as they went in, in a line for people.
 * @param ended all dreams of a job
 * @param iterations steps at each size that were wanted
 * @returns undefined when something moved, or was not to
 */
export function whyUnchanged(ended: readonly Ended[], iterations: number): Words | undefined {
  if (iterations === 0 || ended.length === 0) return undefined;
  if (ended.every(({ flat }) => flat))
    return words`nothing changed: the gradient is 0 everywhere in the picture; choose other ${option('layers')}, or another network`;
  if (ended.every(({ reason, steps }) => reason === 'finished' && steps === 0))
    return words`nothing changed: the loss exceeds ${option('maxLoss')} from the start; raise it, or lower the coefficients of ${option('layers')}`;
  return undefined;
}

/** Reports why dreams came out as they went in, where they did. */
export async function reportUnchanged(
  ended: readonly Ended[],
  iterations: number,
  report: JobReport,
): Promise<void> {
  const why = whyUnchanged(ended, iterations);
  if (why !== undefined) await report.note(why);
}

import { option, words, type Words } from '../../words.ts';
import type { JobReport } from '../report.ts';

/** The end of a dream. */
export interface Ended {
  readonly reason: 'finished' | 'aborted';
  /** Number of steps done. */
  readonly steps: number;
  /** Whether the gradient was 0 everywhere in every step. */
  readonly flat: boolean;
}

/**
 * Why dreams changed nothing, as a line for people.
 * @param ended all dreams of a job
 * @param iterations requested steps at each size
 * @returns undefined when something changed, or no change was requested
 */
export function whyUnchanged(ended: readonly Ended[], iterations: number): Words | undefined {
  if (iterations === 0 || ended.length === 0) return undefined;
  if (ended.every(({ flat }) => flat))
    return words`nothing changed: the gradient is 0 everywhere in the picture; choose other ${option('layers')}, or another network`;
  if (ended.every(({ reason, steps }) => reason === 'finished' && steps === 0))
    return words`nothing changed: the loss exceeds ${option('maxLoss')} from the start; raise it, or lower the coefficients of ${option('layers')}`;
  return undefined;
}

/** Reports the reason when dreams changed nothing. */
export async function reportUnchanged(
  ended: readonly Ended[],
  iterations: number,
  report: JobReport,
): Promise<void> {
  const why = whyUnchanged(ended, iterations);
  if (why !== undefined) await report.note(why);
}

import type { Output } from '../output.ts';
import type { DreamJob } from './job.ts';

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
export function whyUnchanged(ended: readonly Ended[], iterations: number | undefined): string | undefined {
  if (iterations === 0 || ended.length === 0) return undefined;
  if (ended.every(({ flat }) => flat))
    return 'nothing changed: the gradient is 0 everywhere in the picture; choose other --layers, or another network';
  if (ended.every(({ reason, steps }) => reason === 'finished' && steps === 0))
    return 'nothing changed: the loss exceeds --max-loss from the start; raise it, or lower the coefficients of --layers';
  return undefined;
}

/** Says why dreams came out as they went in, where they did. */
export function noteUnchanged(ended: readonly Ended[], { options }: DreamJob, output: Output): void {
  const why = whyUnchanged(ended, options.iterations);
  if (why !== undefined) output.note(why);
}

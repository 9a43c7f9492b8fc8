import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { storedOptions } from '../../renamed-options.ts';
import { recordedRules } from '../../runs/dataset-record.ts';
import type { RunKind } from '../../runs/training-run.ts';
import { beginningProgress, progressSchema, type Progress } from '../../training/index.ts';
import { storedTrainOptions, type TrainOptions } from './options.ts';

const sourcesSchema = z.object({
  style: z.string(),
  contentDir: z.string(),
  /** SHA-256 of the style picture's pixels. */
  styleSha256: z.string(),
  /** SHA-256 of the pixels of all content pictures together. */
  contentSha256: z.string(),
  /** The source of the pairs, if there are any. */
  pairsDir: z.string().optional(),
  /** SHA-256 of the pixels of all pairs together. */
  pairsSha256: z.string().optional(),
  rules: recordedRules,
});

/** The sources of a run's pictures, for finding them again. */
export type FastSources = z.output<typeof sourcesSchema>;

// Checkpoints have no counts, and versions up to 0.1 stored none: everything follows from the step.
function migrate(stored: unknown): unknown {
  const isEmpty = typeof stored === 'object' && stored !== null && Object.keys(stored).length === 0;
  return isEmpty ? { ...beginningProgress, counts: {} } : stored;
}

/** Runs of fast styles. */
export const styleRuns: RunKind<TrainOptions, FastSources, Progress> = {
  system: 'style',
  options: storedOptions(storedTrainOptions),
  extra: sourcesSchema,
  progress: progressSchema(z.object({}), migrate),
  identity: ({ styleSha256, contentSha256, pairsSha256 }) => [styleSha256, contentSha256, pairsSha256],
};

/**
 * Compares pictures with those that a run was trained on.
 * @throws InputError when they are others
 */
export function checkSources(
  { style, contentDir, pairsDir, styleSha256, contentSha256, pairsSha256 }: FastSources,
  trainedOn: FastSources,
): void {
  if (styleSha256 !== trainedOn.styleSha256)
    throw new InputError(`${style}: it is not the style picture this run was trained on; put that one back`);
  if (contentSha256 !== trainedOn.contentSha256)
    throw new InputError(
      `${contentDir}: it does not contain the pictures that this run was trained on; put them back, or start a new run`,
    );
  if (pairsSha256 !== trainedOn.pairsSha256)
    throw new InputError(
      trainedOn.pairsDir === undefined
        ? 'pairs: this run was trained without pairs; leave them out, or start a new run'
        : `${pairsDir ?? trainedOn.pairsDir}: it does not contain the pairs that this run was trained on; put them back, or start a new run`,
    );
}

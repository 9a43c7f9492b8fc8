import { z } from 'zod';
import type { ImageDataset, ReadingRules } from '../data/index.ts';

/** Of a run: by which rules its folder was read. Version 0.1.0 does not say. */
export const recordedRules = z.literal([1, 2]).optional();

/** What a run remembers of the pictures it is trained on: by `source` they are found again, by `sha256` told from others. */
export const datasetRecord = z.object({
  name: z.string(),
  source: z.string(),
  sha256: z.string(),
  count: z.int(),
  rules: recordedRules,
});

/** What a run remembers of a data set. */
export function recordOf({
  name,
  source,
  sha256,
  count,
  rules,
}: ImageDataset): z.output<typeof datasetRecord> {
  return { name, source, sha256, count, ...(rules !== undefined && { rules }) };
}

/** By which rules the data of a run are read again, so that they are the same: those of version 0.1.0 where nothing is recorded. */
export function rulesOf({ rules = 1 }: { readonly rules?: ReadingRules | undefined }): ReadingRules {
  return rules;
}

import { z } from 'zod';
import type { ImageDataset, ReadingRules } from '../data/index.ts';

/** In a run: the rules by which its folder was read. Version 0.1.0 does not record them. */
export const recordedRules = z.literal([1, 2]).optional();

/** The records of a run about its training pictures: `source` finds them again, `sha256` identifies them. */
export const datasetRecord = z.object({
  name: z.string(),
  source: z.string(),
  sha256: z.string(),
  count: z.int(),
  rules: recordedRules,
});

/** The records of a run about a data set. */
export function recordOf({
  name,
  source,
  sha256,
  count,
  rules,
}: ImageDataset): z.output<typeof datasetRecord> {
  return { name, source, sha256, count, ...(rules !== undefined && { rules }) };
}

/** The rules for reading the data of a run again, so that they are the same: those of version 0.1.0 if nothing is recorded. */
export function rulesOf({ rules = 1 }: { readonly rules?: ReadingRules | undefined }): ReadingRules {
  return rules;
}

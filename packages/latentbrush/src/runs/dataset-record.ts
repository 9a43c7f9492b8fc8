import { z } from 'zod';

/** What a run remembers of the pictures it is trained on: by `source` they are found again, by `sha256` told from others. */
export const datasetRecord = z.object({
  name: z.string(),
  source: z.string(),
  sha256: z.string(),
  count: z.int(),
});

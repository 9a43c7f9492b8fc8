import { z } from 'zod';

/** The choice of a checkpoint for exporting the model of a run. */
export const checkpointChoice = z.strictObject({
  checkpoint: z.string().optional().meta({
    description: 'latest, best, or the step of a kept checkpoint (default: latest)',
    placeholder: 'which',
  }),
});

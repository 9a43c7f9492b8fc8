import { z } from 'zod';

/** What can be chosen where the model of a run is exported: one of its checkpoints. */
export const checkpointChoice = z.strictObject({
  checkpoint: z.string().optional().meta({
    description: 'latest, best, or the step of a kept checkpoint (default: latest)',
    placeholder: 'which',
  }),
});

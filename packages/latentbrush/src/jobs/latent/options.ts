import { z } from 'zod';

const truncationRange = 'a number from 0.1 to 10 is needed';

/** Which run a job looks at. */
export const runInputs = {
  run: z.string().optional().describe('folder of a run'),
  checkpoint: z
    .string()
    .optional()
    .meta({ hidden: true })
    .describe('file of a checkpoint, which lies in the folder of its run, in place of the run'),
};

/** Options of all jobs on a run. */
export const runOptions = {
  seed: z.int().min(0).default(1).describe('seed of all randomness'),
  threads: z.int().min(1).max(1024).optional().describe('processor threads (default: all)'),
  // A recipe records the file itself.
  checkpoint: z
    .string()
    .default('latest')
    .meta({ recorded: false })
    .describe('which checkpoint of the run: latest, best, or the step of one that was kept'),
};

/** Options of all jobs on a run of a system that generates. */
export const modelOptions = {
  ...runOptions,
  truncation: z
    .number()
    .min(0.1, truncationRange)
    .max(10, truncationRange)
    .optional()
    .describe(
      'keep points within this distance of 0 in each dimension, as 1: tamer pictures, less variety (Brock et al. 2019)',
    ),
  class: z
    .string()
    .optional()
    .describe(
      'what to generate, of a run that was trained by class (default: one class after the other; on a path the first)',
    ),
};

/** Of an animation: how many frames of it are made. */
export const animationOptions = {
  framesPerSecond: z.number().optional().describe('frames per second of an animation (default: 20)'),
  stoppedAt: z
    .object({ frame: z.int().min(1) })
    .optional()
    .meta({ hidden: true })
    .describe('the frames up to this one: where the animation was interrupted that is made again'),
};

/** How points between two points are found. */
export const methodOption = z
  .enum(['linear', 'spherical'])
  .describe('straight, or along the sphere around 0');

/** How far it is from one point to the next. */
export const stepsOption = z.int().min(1);

/** Which run is looked at. */
export type RunInputs = z.output<z.ZodObject<typeof runInputs>>;

/** Options of all jobs on a run, resolved. */
export type ModelOptions = z.output<z.ZodObject<typeof modelOptions>>;

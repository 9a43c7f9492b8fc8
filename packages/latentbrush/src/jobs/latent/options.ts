import { z } from 'zod';

const truncationRange = 'a number from 0.1 to 10 is needed';

/** The run of a job. */
export const runInputs = {
  run: z
    .string()
    .optional()
    .describe('folder of a run, or a run of the package, such as pretrained:faces-vae'),
  checkpoint: z
    .string()
    .optional()
    .meta({ hidden: true })
    .describe('file of a checkpoint in the folder of its run, instead of the run'),
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
    .describe('checkpoint of the run: latest, best, or the step of a kept checkpoint'),
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
      'keep points within this distance of 0 in each dimension, such as 1: more typical pictures, less variety (Brock et al. 2019)',
    ),
  class: z
    .string()
    .optional()
    .describe(
      'class to generate, for runs trained with classes (default: each class in turn; the first one for paths)',
    ),
};

/** For an animation: the number of frames to make. */
export const animationOptions = {
  framesPerSecond: z.number().optional().describe('frames per second of an animation (default: 20)'),
  stoppedAt: z
    .object({ frame: z.int().min(1) })
    .optional()
    .meta({ hidden: true })
    .describe('last frame of an interrupted animation, to make it again'),
};

/** How to find points between two points. */
export const methodOption = z
  .enum(['linear', 'spherical'])
  .describe('linear: straight lines; spherical: along the sphere around 0');

/** Number of steps from one point to the next. */
export const stepsOption = z.int().min(1);

/** The run to use. */
export type RunInputs = z.output<z.ZodObject<typeof runInputs>>;

/** Options of all jobs on a run with defaults filled in. */
export type ModelOptions = z.output<z.ZodObject<typeof modelOptions>>;

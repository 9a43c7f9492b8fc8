import { z } from 'zod';
import { takingOldNames } from '../renamed-options.ts';
import { VISUALIZATION } from './noise.ts';
import { BOOK_CONTRIBUTIONS } from './contributions.ts';

const contribution = z.strictObject({
  layer: z.string().min(1),
  channel: z.int().min(0).optional(),
  wholeNameFirst: z.boolean().optional(),
  coefficient: z.number(),
});

/**
 * Options of DeepDream: names, ranges, defaults and help from one definition. Defaults are those of the
 * DeepDream in Chollet, *Deep Learning with Python*, 8.2; features that are not in the book are off.
 */
export const dreamOptions = takingOldNames(
  z.strictObject({
    layers: z
      .array(contribution)
      .min(1)
      .max(64)
      .default([...BOOK_CONTRIBUTIONS])
      .describe(
        'layers or channels to excite, with coefficients: layer=coefficient or layer:channel=coefficient (default: mixed2=0.2,mixed3=3,mixed4=2,mixed5=1.5)',
      ),
    objective: z
      .enum(['squares', 'mean'])
      .default('squares')
      .describe(
        'objective: the squares of activations, as in the book (strong places dominate), or their mean, as in Lucid (more even)',
      ),
    octaves: z
      .int()
      .min(1)
      .max(20)
      .default(3)
      .describe('number of sizes to dream at, from small to full size'),
    octaveScale: z.number().gt(1).max(8).default(1.4).describe('ratio between the sizes'),
    iterations: z.int().min(0).max(10_000).default(20).describe('steps of gradient ascent at each size'),
    stepSize: z
      .number()
      .gt(0)
      .max(10)
      .default(0.01)
      .describe('mean change of a pixel in each step, for pixels from -1 to 1'),
    maxLoss: z
      .number()
      .gt(0)
      .default(10)
      .describe('steps at a size end when the loss exceeds this; higher values can look ugly'),
    tile: z
      .int()
      .min(0)
      .max(8192)
      .optional()
      .describe(
        'compute in randomly shifted squares of this many pixels, to limit memory; 0: never (default: 512 for pictures above 1.5 megapixels)',
      ),
    jitter: z
      .int()
      .min(0)
      .max(512)
      .default(0)
      .describe('shift the picture randomly by up to this many pixels in each step'),
    edges: z
      .enum(['fade', 'wrap'])
      .default('fade')
      .describe(
        'fade: ignore the 2 outermost activations at each border of a layer, as in the book, so the dream fades towards the edges; wrap: include all, and roll the picture by a random amount in each step (up to that of jitter, if given), so that detail reaches the edges',
      ),
    blur: z
      .number()
      .min(0)
      .max(32)
      .default(0)
      .describe('smooth the gradient with a Gaussian of this many pixels'),
    laplacian: z
      .int()
      .min(0)
      .max(8)
      .default(0)
      .describe(
        'number of scales of the gradient with equal strength, each half the size of the last; more scales give larger shapes (Mordvintsev 2015: 4)',
      ),
    decorrelate: z
      .boolean()
      .default(false)
      .describe('follow the gradient in decorrelated colours, as in Lucid'),
    seed: z.int().min(0).default(1).describe('seed of all randomness'),
    threads: z.int().min(1).max(1024).optional().describe('processor threads (default: all)'),
  }),
  VISUALIZATION,
);

/** Options of DeepDream with all defaults filled in. */
export type DreamOptions = z.output<typeof dreamOptions>;

/** Options of DeepDream as given by the user. */
export type DreamInput = z.input<typeof dreamOptions>;

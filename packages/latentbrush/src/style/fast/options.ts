import { z } from 'zod';
import { takingOldNames } from '../../renamed-options.ts';
import { sharedOptions } from '../../training/shared-options.ts';

/**
 * Options of the training of a fast style: names, ranges, defaults and help from one definition. Defaults are for an hour on two cores;
 * descriptions name those of Johnson et al. 2016 if they differ.
 */
export const trainOptions = takingOldNames(
  z.strictObject({
    backbone: z
      .string()
      .default('inception_v3')
      .describe('network that compares pictures: inception_v3, vgg16, vgg19'),
    size: z
      .int()
      .min(64)
      .max(1024)
      .multipleOf(4)
      .default(224)
      .describe('side of the square crops for training, in pixels'),
    styleSize: z
      .int()
      .min(32)
      .max(2048)
      .default(448)
      .describe(
        'shorter side of the style picture during training, in pixels; larger values give larger strokes',
      ),
    filters: z.int().min(4).max(128).default(16).describe('channels of the first layer; the paper uses 32'),
    residualBlocks: z.int().min(1).max(32).default(5).describe('residual blocks, as in the paper'),
    noise: z
      .int()
      .min(0)
      .max(64)
      .default(4)
      .describe('noise channels, which let strokes differ from place to place; 0 for none, as in the paper'),
    palette: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe(
        "strength of the style's colours in a picture before it is painted; 0 for none, as in the paper",
      ),
    contentWeight: z.number().min(0).default(5).describe('weight of the content'),
    styleWeight: z.number().min(0).default(20).describe('weight of the style'),
    colorWeight: z
      .number()
      .min(0)
      .default(3)
      .describe('weight of the palette in the style; each layer has weight 1'),
    tvWeight: z.number().min(0).default(0.3).describe('weight of smoothness (total variation)'),
    pairWeight: z.number().min(0).default(10).describe('weight of the loss on the pairs, if pairs are given'),
    contentLayer: z.string().optional().describe('layer that compares the content'),
    styleLayers: z.array(z.string()).min(1).max(32).optional().describe('layers that compare the style'),
    styleScales: z
      .array(z.number().min(0.125).max(4))
      .min(1)
      .max(8)
      .default([1, 0.5])
      .describe(
        'factors for resizing pictures before their strokes are compared: 1 for their own size, 0.5 for larger strokes; 1, 1/2 and 1/4 work best',
      ),
    iterations: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(10_000)
      .describe('training steps; the paper uses 40,000'),
    batchSize: z.int().min(1).max(64).default(1).describe('crops in a step; the paper uses 4'),
    learningRate: z
      .number()
      .gt(0)
      .max(1)
      .default(5e-4)
      .describe('learning rate of Adam (paper: 0.001); it falls linearly to a tenth of this at the end'),
    checkpointEvery: z.int().min(1).default(100).describe('steps between checkpoints'),
    sampleEvery: z.int().min(1).default(100).describe('steps between sheets of samples'),
    ...sharedOptions,
  }),
);

/** The same, as stored in a run. Runs from before these options had the defaults given here. */
export const storedTrainOptions = trainOptions.extend({
  noise: trainOptions.shape.noise.unwrap().default(0),
  palette: trainOptions.shape.palette.unwrap().default(0),
  styleScales: trainOptions.shape.styleScales.unwrap().default([1]),
  colorWeight: trainOptions.shape.colorWeight.unwrap().default(1),
});

/** Options of the training of a fast style, all resolved. */
export type TrainOptions = z.output<typeof trainOptions>;

/** Options of a fast style's training, as given by the user. */
export type TrainInput = z.input<typeof trainOptions>;

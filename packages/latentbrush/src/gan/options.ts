import { z } from 'zod';
import { takingOldNames } from '../renamed-options.ts';
import { channelsOption, sharedOptions } from '../training/shared-options.ts';

/** Possible sizes of pictures. */
export const SIZES = [16, 32, 64, 128] as const;

/**
 * Options that make a good first result with the dcgan architecture: Radford et al. 2015 with later methods that stabilise training: hinge
 * loss, spectral normalisation, averaged generator, and twice the learning rate for the discriminator.
 */
export const DCGAN_PRESET = {
  architecture: 'dcgan',
  loss: 'hinge',
  spectralNorm: true,
  latentDim: 100,
  dropout: 0,
  optimizer: 'adam',
  discriminatorRate: 4e-4,
  generatorRate: 2e-4,
  decay: 0,
  batchSize: 64,
  ema: 0.995,
} as const;

/**
 * Options of GAN training: names, ranges, defaults and help from one definition. Defaults are those of the DCGAN in Chollet, *Deep
 * Learning with Python*, 8.5, except that real pictures are scaled to -1..1, the range of the generator's tanh (`compat` "book" keeps the
 * book's 0..1). Features that are not in the book are off.
 */
export const trainOptions = takingOldNames(
  z.strictObject({
    architecture: z
      .enum(['book', 'dcgan'])
      .default('book')
      .describe(
        'book: the networks of the book, for 32x32; dcgan: those of Radford et al. 2015, for 16, 32, 64 or 128',
      ),
    compat: z
      .enum(['none', 'book'])
      .default('none')
      .describe(
        'book: scale real pictures to 0..1, exactly as in the book, although the generator ends in tanh; none: scale them to -1..1',
      ),
    size: z
      .literal(SIZES)
      .default(32)
      .describe('side of the pictures in pixels: 16, 32, 64 or 128; the book uses 32'),
    channels: channelsOption,
    latentDim: z
      .int()
      .min(1)
      .max(1024)
      .default(32)
      .describe('dimensions of the latent space; DCGAN uses 100'),
    filters: z
      .int()
      .min(4)
      .max(512)
      .optional()
      .describe('dcgan: channels at the largest size (default: 64); each half size has twice as many'),
    loss: z
      .enum(['bce', 'hinge', 'wgan-gp'])
      .default('bce')
      .describe(
        'bce: cross-entropy, as in the book; hinge (Lim & Ye 2017); wgan-gp: Wasserstein with gradient penalty (Gulrajani et al. 2017)',
      ),
    conditional: z
      .boolean()
      .default(false)
      .describe('train with classes; dcgan only, the data set needs labels'),
    spectralNorm: z
      .boolean()
      .default(false)
      .describe('bound the discriminator by spectral normalisation (Miyato et al. 2018); dcgan only'),
    dropout: z
      .number()
      .min(0)
      .max(0.95)
      .default(0.4)
      .describe('share of features dropped before the last layer'),
    labelNoise: z.number().min(0).max(0.5).default(0.05).describe('bce: largest random change of a label'),
    gradientPenalty: z.number().min(0).max(1000).default(10).describe('wgan-gp: weight of the penalty'),
    augment: z
      .boolean()
      .default(false)
      .describe(
        'differentiable augmentation for small data sets: colour, translation, cutout (Zhao et al. 2020)',
      ),
    flip: z.boolean().default(false).describe('mirror every second real picture'),
    optimizer: z.enum(['rmsprop', 'adam']).default('rmsprop').describe('update rule; DCGAN uses adam'),
    discriminatorRate: z
      .number()
      .gt(0)
      .max(1)
      .default(8e-4)
      .describe('learning rate of the discriminator; DCGAN uses 0.0002'),
    generatorRate: z
      .number()
      .gt(0)
      .max(1)
      .default(4e-4)
      .describe('learning rate of the generator; DCGAN uses 0.0002'),
    beta1: z.number().min(0).max(0.999).default(0.5).describe('beta_1 of adam, as in DCGAN'),
    clipvalue: z
      .number()
      .gt(0)
      .optional()
      .describe('limit each element of a gradient to this (rmsprop: 1, as in the book)'),
    decay: z.number().min(0).max(1).default(1e-8).describe('learning rates are divided by 1 + decay · step'),
    warmup: z
      .int()
      .min(0)
      .max(1_000_000)
      .optional()
      .describe(
        "iterations in which the learning rates grow from 0; without them, with pictures in -1..1, the first steps of RMSprop at the book's rates saturate tanh, and the network learns nothing (default: 100; with compat book: 0)",
      ),
    rateHalfLife: z
      .int()
      .min(1)
      .max(10_000_000)
      .optional()
      .describe('iterations in which both learning rates halve (exponential decay)'),
    discriminatorSteps: z
      .int()
      .min(1)
      .max(20)
      .optional()
      .describe('discriminator steps per generator step (wgan-gp: 5, else 1)'),
    ema: z
      .number()
      .min(0)
      .max(0.99999)
      .default(0)
      .describe(
        "decay of the moving average of the generator's weights that makes the samples, such as 0.995 (Karras et al. 2018); 0 for no average",
      ),
    iterations: z.int().min(1).max(10_000_000).default(10_000).describe('steps of the generator'),
    batchSize: z
      .int()
      .min(2)
      .max(1024)
      .default(20)
      .describe('batch size: real pictures per step, and as many generated ones'),
    sampleEvery: z
      .int()
      .min(1)
      .default(100)
      .describe('iterations between sheets of generated and real pictures'),
    samples: z.int().min(1).max(400).default(64).describe('pictures on a sheet'),
    checkpointEvery: z.int().min(1).default(100).describe('iterations between checkpoints'),
    ...sharedOptions,
  }),
  DCGAN_PRESET,
);

/** Options of GAN training with all defaults filled in. */
export type TrainOptions = z.output<typeof trainOptions>;

/** Options of GAN training as given by the user. */
export type TrainInput = z.input<typeof trainOptions>;

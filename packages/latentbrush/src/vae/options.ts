import { z } from 'zod';
import { takingOldNames } from '../renamed-options.ts';
import { shardsOption } from '../training/shards.ts';
import { channelsOption, sharedOptions } from '../training/shared-options.ts';

/**
 * Options of VAE training: names, ranges, defaults and help from one definition. Defaults are those of the
 * variational autoencoder in Chollet, *Deep Learning with Python*, 8.4; features that are not in the book are
 * off.
 */
export const trainOptions = takingOldNames(
  z.strictObject({
    architecture: z
      .enum(['book', 'residual'])
      .default('book')
      .describe('book: the networks of the book; residual: deeper ones, for larger and coloured pictures'),
    compat: z
      .enum(['none', 'book'])
      .default('none')
      .describe(
        'book: train exactly as in the book, without warm-up and with a variance of exp(z_log_var); none: the networks of the book start safely, see warmup',
      ),
    size: z
      .int()
      .min(8)
      .max(256)
      .optional()
      .describe("side of the pictures in pixels, even (default: the data set's own, else 28)"),
    channels: channelsOption,
    latentDim: z.int().min(1).max(1024).default(2).describe('dimensions of the latent space'),
    filters: z
      .int()
      .min(4)
      .max(256)
      .default(32)
      .describe('channels of the first layer; residual: twice as many at each half size, up to 8 times'),
    reconstruction: z
      .enum(['bce', 'gaussian'])
      .default('bce')
      .describe('how pictures are compared: binary cross-entropy, or a Gaussian around each pixel'),
    sigma: z
      .number()
      .gt(0)
      .max(10)
      .default(0.1)
      .describe('gaussian: its standard deviation, for pixels from 0 to 1'),
    beta: z
      .number()
      .min(0)
      .max(1000)
      .optional()
      .describe(
        "weight of the KL divergence relative to the reconstruction, both in nats per picture: 1 gives the evidence lower bound, more a beta-VAE (default: the book's 0.0005 · mean, which for 28x28 and 2 dimensions is 0.39)",
      ),
    klWarmup: z
      .number()
      .min(0)
      .max(10_000)
      .default(0)
      .describe('epochs in which the weight of the KL divergence grows from 0 (Bowman et al. 2016)'),
    freeBits: z
      .number()
      .min(0)
      .max(100)
      .default(0)
      .describe('nats that each latent dimension can use without a penalty (Kingma et al. 2016)'),
    optimizer: z
      .enum(['rmsprop', 'adam'])
      .optional()
      .describe(
        'update rule (default: rmsprop, as in the book; residual: adam, as rmsprop can diverge there)',
      ),
    learningRate: z.number().gt(0).max(1).default(1e-3).describe('size of the updates, as in Keras'),
    warmup: z
      .int()
      .min(0)
      .max(1_000_000)
      .optional()
      .describe(
        "steps in which the learning rate grows from 0, because the first steps of RMSprop at the book's rate are three times as long as later ones, and the loss can explode (default: 100; residual, or with compat book: 0)",
      ),
    clipnorm: z.number().gt(0).optional().describe('scale all gradients together down to this L2 norm'),
    epochs: z.int().min(1).max(100_000).default(10).describe('passes over the pictures'),
    maxSteps: z.int().min(1).optional().describe('stop after this many training steps'),
    batchSize: z.int().min(1).max(4096).default(16).describe('pictures in a step'),
    shards: shardsOption('1'),
    validation: z
      .number()
      .min(0)
      .max(0.5)
      .default(0.1)
      .describe('share of the pictures for validation, if the data set has no test set'),
    flip: z.boolean().default(false).describe('mirror every second picture'),
    shift: z.int().min(0).max(64).default(0).describe('move pictures at random by up to this many pixels'),
    color: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('change brightness, contrast and saturation by up to this share'),
    samples: z.int().min(1).max(400).default(64).describe('pictures on the sheets of an epoch'),
    checkpointEvery: z
      .int()
      .min(1)
      .default(500)
      .describe('steps between checkpoints; one is also written at the end of each epoch'),
    ...sharedOptions,
  }),
);

/** The same, as stored in a run: version 0.1 trained exactly as in the book. */
export const storedTrainOptions = trainOptions.extend({
  compat: trainOptions.shape.compat.unwrap().default('book'),
});

/** Options of VAE training with all defaults filled in. */
export type TrainOptions = z.output<typeof trainOptions>;

/** Options of VAE training as given by the user. */
export type TrainInput = z.input<typeof trainOptions>;

/** The update rule of a training by its name. */
export function optimizerName({ optimizer, architecture }: TrainOptions): 'rmsprop' | 'adam' {
  return optimizer ?? (architecture === 'residual' ? 'adam' : 'rmsprop');
}

/** Default number of steps in which the learning rate grows. */
const WARMUP = 100;

type Start = Pick<TrainOptions, 'architecture' | 'compat'>;

/**
 * Whether training starts differently from the book's: it does for the book's networks. Residual networks with Adam recover from their first steps.
 */
export function startsSafely({ architecture, compat }: Start): boolean {
  return architecture === 'book' && compat === 'none';
}

/** Steps in which the learning rate of a training grows. */
export function warmupSteps({ warmup, ...start }: Start & Pick<TrainOptions, 'warmup'>): number {
  return warmup ?? (startsSafely(start) ? WARMUP : 0);
}

/** Side for sources without a size. */
export const DEFAULT_SIZE = 28;

/** What limits the shards of a batch. By default there is one shard: on two cores, two gained nothing with batches of 16 or 128. */
export function shardsRules({ freeBits }: TrainOptions): {
  readonly smallest: number;
  readonly whole: string | undefined;
} {
  return {
    smallest: Infinity,
    whole: freeBits > 0 ? 'free bits are counted over the whole batch' : undefined,
  };
}

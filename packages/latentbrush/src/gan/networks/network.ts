/*
 * Generative adversarial networks (Goodfellow et al. 2014): a generator makes pictures from random points, a discriminator learns to
 * distinguish them from real ones, and the generator learns to make that hard. Two pairs of networks: the book's (Chollet, *Deep Learning
 * with Python*, 8.5) and DCGAN's (Radford et al. 2015, arXiv:1511.06434).
 */
import { type nn, type Tensor } from '@latentbrush/engine';
import { bookDiscriminator, bookGenerator } from './book.ts';
import { dcganDiscriminator, dcganGenerator } from './dcgan.ts';
import type { TrainOptions } from '../options.ts';
import { option, OptionError, words } from '../../words.ts';

/** The definition of the networks. */
export interface Architecture {
  readonly kind: 'book' | 'dcgan';
  /** Height and width of the pictures. */
  readonly size: TrainOptions['size'];
  readonly channels: 1 | 3;
  readonly latent: number;
  /** Of dcgan: channels at the largest size. */
  readonly filters: number;
  readonly spectralNorm: boolean;
  /** Whether the discriminator normalises over the batch; this excludes spectral normalisation and a gradient penalty. */
  readonly discriminatorBatchNorm: boolean;
  /** Number of classes; 0 for a model without classes. */
  readonly classes: number;
}

/** The mode of a network. */
export interface Application {
  /** Whether batch normalisation uses the batch's moments, and running averages are kept. */
  readonly training: boolean;
  /** One-hot class of each picture, `[batch, classes]`. */
  readonly labels?: Tensor | undefined;
  /** Dropout of the discriminator (default: none). */
  readonly dropout?: DropoutOfFeatures | undefined;
}

/** Dropout before the discriminator's last layer. */
export interface DropoutOfFeatures {
  readonly masks: nn.DropoutMasks;
  /** Stream of the mask; each application in a graph has its own mask. */
  readonly name: string;
  readonly rate: number;
}

/**
 * The networks that the options describe.
 * @throws InputError when options do not go together
 * @example
 * const options = gan.trainOptions.parse({ ...gan.DCGAN_PRESET, size: 32, filters: 24 });
 * const architecture = gan.architectureOf(options, 3, 0); // colour, not by class
 * console.log(architecture.kind, architecture.filters); // dcgan 24
 */
export function architectureOf(
  options: Pick<
    TrainOptions,
    'architecture' | 'size' | 'latentDim' | 'filters' | 'spectralNorm' | 'loss' | 'conditional'
  >,
  channels: 1 | 3,
  classes: number,
): Architecture {
  const { architecture: kind, size, latentDim, filters = 64, spectralNorm, loss, conditional } = options;
  if (kind === 'book') {
    if (size !== 32)
      throw new OptionError(
        words`${option('size')}: the book's networks make pictures of 32x32; for ${size} choose ${option('architecture')} dcgan`,
      );
    for (const [name, on] of [
      ['spectralNorm', spectralNorm],
      ['conditional', conditional],
      ['filters', options.filters !== undefined],
    ] as const)
      if (on)
        throw new OptionError(
          words`${option(name)}: the book's networks do not have it; choose ${option('architecture')} dcgan`,
        );
  }
  if (conditional && classes < 2)
    throw new OptionError(
      words`${option('conditional')}: the data set has ${classes === 0 ? 'no classes' : 'only one class'}; choose one with several, such as a folder of folders`,
    );
  return {
    kind,
    size,
    channels,
    latent: latentDim,
    filters,
    spectralNorm,
    discriminatorBatchNorm: kind === 'dcgan' && loss !== 'wgan-gp' && !spectralNorm,
    classes: conditional ? classes : 0,
  };
}

/**
 * Generates pictures from latent points.
 * @param z `[batch, latent]`
 * @returns `[batch, channels, size, size]`, -1 to 1
 * @example
 * import { input, nn } from '@latentbrush/engine';
 * const architecture = gan.architectureOf(gan.trainOptions.parse({ ...gan.DCGAN_PRESET, size: 32 }), 3, 0);
 * const z = input('z', [8, architecture.latent]);
 * const pictures = gan.generator(new nn.Parameters(), z, architecture, { training: false });
 * console.log(pictures.shape); // [ 8, 3, 32, 32 ]
 */
export function generator(
  parameters: nn.Parameters,
  z: Tensor,
  architecture: Architecture,
  application: Application,
): Tensor {
  return architecture.kind === 'book'
    ? bookGenerator(parameters, z, architecture)
    : dcganGenerator(parameters, z, architecture, application);
}

/**
 * Computes one number for each picture. With the loss bce, as in the book, its sigmoid is the probability that the picture was generated;
 * with the other losses, greater means more real.
 * @param pictures `[batch, channels, size, size]`
 * @returns `[batch]`
 * @example
 * import { input, nn } from '@latentbrush/engine';
 * const architecture = gan.architectureOf(gan.trainOptions.parse({ ...gan.DCGAN_PRESET, size: 32 }), 3, 0);
 * const pictures = input('pictures', [8, 3, 32, 32]);
 * const scores = gan.discriminator(new nn.Parameters(), pictures, architecture, { training: false });
 * console.log(scores.shape); // [ 8 ]
 */
export function discriminator(
  parameters: nn.Parameters,
  pictures: Tensor,
  architecture: Architecture,
  application: Application,
): Tensor {
  return architecture.kind === 'book'
    ? bookDiscriminator(parameters, pictures, application)
    : dcganDiscriminator(parameters, pictures, architecture, application);
}

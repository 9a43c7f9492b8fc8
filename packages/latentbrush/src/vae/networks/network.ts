/*
 * Variational autoencoder (Kingma & Welling 2013, *Auto-Encoding Variational Bayes*, arXiv:1312.6114): an encoder maps a picture to a
 * distribution in the latent space; a decoder turns a point into a picture. Two pairs of networks: the book's (Chollet, *Deep Learning with
 * Python*, 8.4) and deeper residual ones (He et al. 2015).
 */
import { add, log, neg, relu, sub, type nn, type Tensor } from '@latentbrush/engine';
import { bookDecoder, bookEncoder } from './book.ts';
import { residualDecoder, residualEncoder } from './residual.ts';
import { startsSafely, type TrainOptions } from '../options.ts';
import { option, OptionError, words } from '../../words.ts';

/** The definition of the networks. */
export interface Architecture {
  readonly kind: 'book' | 'residual';
  /** Side of the pictures in pixels. */
  readonly size: number;
  readonly channels: 1 | 3;
  readonly latent: number;
  readonly filters: number;
  /** Whether the variance grows linearly above 1 (`boundedLogVar`); the book's grows exponentially. */
  readonly boundedVariance: boolean;
}

/** The position of a picture in the latent space: a normal distribution, independent in each dimension. */
export interface Posterior {
  /** `[batch, latent]` */
  readonly mean: Tensor;
  /** Logarithm of the variance, `[batch, latent]`. */
  readonly logVar: Tensor;
}

/**
 * The networks that the options describe.
 * @throws InputError when pictures of this size cannot be halved
 * @example
 * const options = vae.trainOptions.parse({ latentDim: 16 });
 * const architecture = vae.architectureOf(options, 32, 3); // colour, 32x32
 * console.log(architecture.kind, architecture.latent); // book 16
 */
export function architectureOf(
  {
    architecture: kind,
    latentDim,
    filters,
    compat,
  }: Pick<TrainOptions, 'architecture' | 'latentDim' | 'filters' | 'compat'>,
  size: number,
  channels: 1 | 3,
): Architecture {
  if (size % 2 !== 0)
    throw new OptionError(
      words`${option('size')}: pictures of ${size}x${size} cannot be halved; choose an even size, such as ${size + 1}`,
    );
  return {
    kind,
    size,
    channels,
    latent: latentDim,
    filters,
    boundedVariance: startsSafely({ architecture: kind, compat }),
  };
}

/**
 * @param pictures `[batch, channels, size, size]`, 0 to 1
 * @example
 * import { input, nn } from '@latentbrush/engine';
 * const architecture = vae.architectureOf(vae.trainOptions.parse({}), 28, 1);
 * const { mean } = vae.encoder(new nn.Parameters(), input('pictures', [16, 1, 28, 28]), architecture);
 * console.log(mean.shape); // [ 16, 2 ]
 */
export function encoder(parameters: nn.Parameters, pictures: Tensor, architecture: Architecture): Posterior {
  const { mean, logVar } =
    architecture.kind === 'book'
      ? bookEncoder(parameters, pictures, architecture)
      : residualEncoder(parameters, pictures, architecture);
  return { mean, logVar: architecture.boundedVariance ? boundedLogVar(logVar) : logVar };
}

/**
 * min(x, 0) + log(1 + max(x, 0)): a variance of exp(x) up to 1, and of 1 + x above. Value and slope are continuous. A variance above 1, the
 * prior's, is useless; if the first steps overshoot, exp(x) would make the loss explode.
 */
function boundedLogVar(x: Tensor): Tensor {
  // Not x - max(x, 0): its gradient would vanish for x so large that adding 1 changes nothing.
  return sub(log(add(relu(x), 1)), relu(neg(x)));
}

/**
 * @param z `[batch, latent]`
 * @returns `[batch, channels, size, size]`, logits: their sigmoid is the picture, 0 to 1
 * @example
 * import { input, nn } from '@latentbrush/engine';
 * const architecture = vae.architectureOf(vae.trainOptions.parse({}), 28, 1);
 * const logits = vae.decoder(new nn.Parameters(), input('z', [16, 2]), architecture);
 * console.log(logits.shape); // [ 16, 1, 28, 28 ]
 */
export function decoder(parameters: nn.Parameters, z: Tensor, architecture: Architecture): Tensor {
  return architecture.kind === 'book'
    ? bookDecoder(parameters, z, architecture)
    : residualDecoder(parameters, z, architecture);
}

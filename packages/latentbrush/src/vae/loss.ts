import {
  add,
  div,
  exp,
  input,
  maximum,
  mul,
  reduceMean,
  reduceSum,
  reshape,
  sigmoid,
  sigmoidCrossEntropy,
  square,
  sub,
  type Tensor,
} from '@latentbrush/engine';
import type { Architecture, Posterior } from './networks/network.ts';
import type { TrainOptions } from './options.ts';

/**
 * The reparameterisation trick: z = mean + exp(logVar / 2) · epsilon. Kingma & Welling 2013. All `[batch, latent]`.
 * @example
 * import { input } from '@latentbrush/engine';
 * const posterior = { mean: input('mean', [16, 2]), logVar: input('logVar', [16, 2]) };
 * const z = vae.sampled(posterior, input('epsilon', [16, 2])); // mean + deviation · epsilon
 * console.log(z.shape); // [ 16, 2 ]
 */
export function sampled({ mean, logVar }: Posterior, epsilon: Tensor): Tensor {
  return add(mean, mul(exp(div(logVar, 2)), epsilon));
}

/**
 * KL divergence of the posterior from the standard normal distribution, in nats, for each picture and dimension:
 * -(1 + logVar - mean² - exp(logVar)) / 2. `[batch, latent]`
 * @example
 * import { compile, float32, input } from '@latentbrush/engine';
 * const posterior = { mean: input('mean', [1, 2]), logVar: input('logVar', [1, 2]) };
 * const session = await compile({ kl: vae.klDivergence(posterior) });
 * const { kl } = await session.run({ mean: float32([0, 1], [1, 2]), logVar: float32([0, 0], [1, 2]) });
 * console.log([...kl.data]); // [ 0, 0.5 ]
 * await session.release();
 */
export function klDivergence({ mean, logVar }: Posterior): Tensor {
  return div(sub(sub(add(square(mean), exp(logVar)), logVar), 1), 2);
}

/**
 * The reconstruction error in nats, for each picture: `[batch]`. `bce`: Σ over pixels of the cross-entropy of
 * sigmoid(logits). `gaussian`: Σ (x - sigmoid(logits))² / 2σ² + log(σ √2π).
 * @param pictures `[batch, channels, height, width]`, 0 to 1
 * @param logits same shape
 * @example
 * import { input } from '@latentbrush/engine';
 * const [pictures, logits] = [input('pictures', [16, 1, 28, 28]), input('logits', [16, 1, 28, 28])];
 * const error = vae.reconstructionError(pictures, logits, { reconstruction: 'bce', sigma: 0.1 });
 * console.log(error.shape); // [ 16 ]
 */
export function reconstructionError(
  pictures: Tensor,
  logits: Tensor,
  { reconstruction, sigma }: Pick<TrainOptions, 'reconstruction' | 'sigma'>,
): Tensor {
  const errors =
    reconstruction === 'bce'
      ? sigmoidCrossEntropy(logits, pictures)
      : add(
          div(square(sub(pictures, sigmoid(logits))), 2 * sigma ** 2),
          Math.log(sigma * Math.sqrt(2 * Math.PI)),
        );
  return reduceSum(reshape(errors, [pictures.dimension(0), -1]), [1]);
}

/**
 * The loss per value of a picture when all decoded pictures are plain grey and nothing is encoded, as an untrained decoder has it. `bce`:
 * log 2. `gaussian`: at most (1/2)² / 2σ² + log(σ √2π), for black and white originals; at least 0.
 */
export function greyLoss({ reconstruction, sigma }: Pick<TrainOptions, 'reconstruction' | 'sigma'>): number {
  return reconstruction === 'bce'
    ? Math.LN2
    : Math.max(0, 0.125 / sigma ** 2 + Math.log(sigma * Math.sqrt(2 * Math.PI)));
}

/** The parts of the loss, as means over the batch, in nats per picture. */
export interface VaeTerms {
  readonly reconstruction: Tensor;
  readonly kl: Tensor;
  /** The loss: (reconstruction + weight · kl) / values of a picture. */
  readonly loss: Tensor;
}

/**
 * Weight of the KL divergence of a picture against its reconstruction, both in nats. The book adds -0.0005 · mean over dimensions of
 * (1 + logVar - mean² - exp(logVar)) to the mean over pixels: that is 0.001 / dimensions · values of a picture.
 * @example
 * console.log(vae.klWeight({ beta: undefined }, { size: 28, channels: 1, latent: 2 }).toFixed(3)); // 0.392
 */
export function klWeight(
  { beta }: Pick<TrainOptions, 'beta'>,
  { size, channels, latent }: Pick<Architecture, 'size' | 'channels' | 'latent'>,
): number {
  return beta ?? (1e-3 / latent) * valuesOf({ size, channels });
}

/** Name of the input that scales the KL divergence during warm-up, a scalar from 0 to 1. */
export const KL_SCALE = 'kl_scale';

/**
 * The loss of a batch. With free bits each dimension's KL divergence, as a mean over the batch, has at least that cost (Kingma et al. 2016,
 * arXiv:1606.04934, equation 15).
 * @example
 * import { input, nn } from '@latentbrush/engine';
 * const options = vae.trainOptions.parse({});
 * const architecture = vae.architectureOf(options, 28, 1);
 * const [parameters, pictures] = [new nn.Parameters(), input('pictures', [16, 1, 28, 28])];
 * const posterior = vae.encoder(parameters.scope('encoder'), pictures, architecture);
 * const z = vae.sampled(posterior, input('epsilon', [16, 2]));
 * const logits = vae.decoder(parameters.scope('decoder'), z, architecture);
 * const { loss } = vae.vaeTerms(pictures, posterior, logits, architecture, options);
 * console.log(loss.shape); // []
 */
export function vaeTerms(
  pictures: Tensor,
  posterior: Posterior,
  logits: Tensor,
  architecture: Architecture,
  options: Pick<TrainOptions, 'reconstruction' | 'sigma' | 'beta' | 'freeBits' | 'klWarmup'>,
): VaeTerms {
  const reconstruction = reduceMean(reconstructionError(pictures, logits, options));
  const perDimension = reduceMean(klDivergence(posterior), [0]); // [latent]
  const counted = options.freeBits > 0 ? maximum(perDimension, options.freeBits) : perDimension;
  const weighted = mul(reduceSum(counted), klWeight(options, architecture));
  const scaled = options.klWarmup > 0 ? mul(weighted, input(KL_SCALE, [])) : weighted;
  return {
    reconstruction,
    kl: reduceSum(perDimension),
    loss: div(add(reconstruction, scaled), valuesOf(architecture)),
  };
}

function valuesOf({ size, channels }: Pick<Architecture, 'size' | 'channels'>): number {
  return channels * size ** 2;
}

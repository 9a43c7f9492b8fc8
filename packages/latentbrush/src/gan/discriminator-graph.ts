import {
  add,
  concat,
  div,
  input,
  mul,
  nn,
  reduceMean,
  reduceVariance,
  slice,
  sqrt,
  stopGradient,
  zeros,
  float32,
  type NDArray,
  type Random,
  type Tensor,
} from '@latentbrush/engine';
import { DifferentiableAugmentation } from './augmentation.ts';
import { ganLosses, gradientPenalty, type Scores } from './loss.ts';
import type { Architecture, DropoutOfFeatures } from './networks/network.ts';
import { Networks } from './networks/pair.ts';
import type { TrainOptions } from './options.ts';

/** The measurements of a discriminator step. */
export type DiscriminatorOutput = 'loss' | 'realAccuracy' | 'generatedAccuracy' | 'diversity';

/** The discriminator's step as a graph. */
export interface DiscriminatorGraph {
  readonly networks: Networks;
  readonly loss: Tensor;
  readonly outputs: Readonly<Record<DiscriminatorOutput, Tensor>>;
  /** Draws the random inputs of a step besides points and pictures. */
  readonly draw: (random: Random) => Record<string, NDArray>;
}

/**
 * The discriminator's step: it generates pictures and classifies them and real ones.
 *
 * Inputs: `z` `[batch, latent]`, `real` `[batch, channels, size, size]`, by class also `labels` `[batch, classes]` of the generated
 * and `real_labels` of the real pictures.
 */
export function discriminatorGraph(architecture: Architecture, options: TrainOptions): DiscriminatorGraph {
  const { batchSize, loss: lossName, dropout: rate, labelNoise, augment } = options;
  const { latent, channels, size, classes } = architecture;
  const networks = new Networks(architecture);
  const masks = new nn.DropoutMasks();
  const byClass = (name: string): Tensor | undefined =>
    classes > 0 ? input(name, [batchSize, classes]) : undefined;
  const labels = { generated: byClass('labels'), real: byClass('real_labels') };

  const real = input('real', [batchSize, channels, size, size]);
  const generated = stopGradient(networks.generate(input('z', [batchSize, latent]), labels.generated));
  const changes = {
    generated: new DifferentiableAugmentation('augment_generated', batchSize, size),
    real: new DifferentiableAugmentation('augment_real', batchSize, size),
  };
  const shown = {
    generated: augment ? changes.generated.apply(generated) : generated,
    real: augment ? changes.real.apply(real) : real,
  };
  const scores = judgeBoth(networks, architecture, shown, labels, { masks, rate });

  const noise = { generated: input('noise_generated', [batchSize]), real: input('noise_real', [batchSize]) };
  const kind = ganLosses[lossName];
  const base = kind.discriminator(scores, noise);
  const penalized = lossName === 'wgan-gp' && options.gradientPenalty > 0;
  const loss = penalized
    ? add(
        base,
        mul(
          gradientPenalty(
            (pictures) => networks.judge(pictures, { training: true, labels: labels.real }),
            shown.real,
            shown.generated,
            input('epsilon', [batchSize, 1, 1, 1]),
          ),
          options.gradientPenalty,
        ),
      )
    : base;
  const accuracy = kind.accuracy(scores);
  return {
    networks,
    loss,
    outputs: {
      loss: base,
      realAccuracy: accuracy.real,
      generatedAccuracy: accuracy.generated,
      diversity: div(spread(generated), add(spread(real), 1e-6)),
    },
    draw: (random) => ({
      ...masks.draw(random),
      ...(augment && { ...changes.generated.draw(random), ...changes.real.draw(random) }),
      ...(lossName === 'bce' && {
        noise_generated: uniform(random, [batchSize], labelNoise),
        noise_real: uniform(random, [batchSize], labelNoise),
      }),
      ...(penalized && { epsilon: uniform(random, [batchSize, 1, 1, 1], 1) }),
    }),
  };
}

// Both in one pass, as in the book; separately if the discriminator normalises over the batch, so that each is normalised by itself.
function judgeBoth(
  networks: Networks,
  { discriminatorBatchNorm }: Architecture,
  pictures: Scores,
  labels: { readonly generated: Tensor | undefined; readonly real: Tensor | undefined },
  dropout: Pick<DropoutOfFeatures, 'masks' | 'rate'>,
): Scores {
  if (discriminatorBatchNorm) {
    const judged = (kind: 'generated' | 'real'): Tensor =>
      networks.judge(pictures[kind], {
        training: true,
        dropout: { ...dropout, name: `dropout_${kind}` },
        labels: labels[kind],
      });
    return { generated: judged('generated'), real: judged('real') };
  }
  const batch = pictures.real.dimension(0);
  const together = networks.judge(concat([pictures.generated, pictures.real], 0), {
    training: true,
    dropout: { ...dropout, name: 'dropout' },
    labels: labels.generated && labels.real && concat([labels.generated, labels.real], 0),
  });
  return { generated: slice(together, [0], [batch], [0]), real: slice(together, [batch], [2 * batch], [0]) };
}

// Mean over the pixels of the standard deviation over the batch.
function spread(pictures: Tensor): Tensor {
  return reduceMean(sqrt(reduceVariance(pictures, [0])));
}

function uniform(random: Random, shape: readonly number[], high: number): NDArray {
  const values = zeros(shape, 'float32').data;
  if (high > 0) random.fillUniform(values, 0, high);
  return float32(values, shape);
}

import { input, nn, type NDArray, type Random, type Tensor } from '@latentbrush/engine';
import { DifferentiableAugmentation } from './augmentation.ts';
import { averageUpdates } from './averaged-weights.ts';
import { ganLosses } from './loss.ts';
import type { Architecture } from './networks/network.ts';
import { Networks } from './networks/pair.ts';
import type { TrainOptions } from './options.ts';

/** The generator's step as a graph. */
export interface GeneratorGraph {
  readonly networks: Networks;
  readonly loss: Tensor;
  /** New values of the averages of the generator's weights; empty when none are kept. */
  readonly averages: Readonly<Record<string, Tensor>>;
  /** Draws the random inputs of a step besides points. */
  readonly draw: (random: Random) => Record<string, NDArray>;
}

/**
 * The generator's step: it learns to generate pictures that the discriminator, which stays unchanged, takes for real.
 *
 * Inputs: `z` `[batch, latent]`; with classes `labels` `[batch, classes]`; with averages `ema_memory`, a scalar.
 */
export function generatorGraph(architecture: Architecture, options: TrainOptions): GeneratorGraph {
  const { batchSize, loss: lossName, dropout: rate, augment, ema } = options;
  const { latent, size, classes } = architecture;
  const networks = new Networks(architecture);
  const masks = new nn.DropoutMasks();
  const labels = classes > 0 ? input('labels', [batchSize, classes]) : undefined;
  const generated = networks.generate(input('z', [batchSize, latent]), labels);
  const changes = new DifferentiableAugmentation('augment', batchSize, size);
  const shown = augment ? changes.apply(generated) : generated;
  const score = networks.judge(shown, { training: true, labels, dropout: { masks, rate, name: 'dropout' } });
  return {
    networks,
    loss: ganLosses[lossName].generator(score),
    averages: ema > 0 ? averageUpdates(networks.parameters) : {},
    draw: (random) => ({ ...masks.draw(random), ...(augment && changes.draw(random)) }),
  };
}

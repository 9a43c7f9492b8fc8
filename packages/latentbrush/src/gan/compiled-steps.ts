import { optim, Random, TrainingState, type NDArray } from '@latentbrush/engine';
import { discriminatorGraph, type DiscriminatorOutput } from './discriminator-graph.ts';
import { averagesOf } from './averaged-weights.ts';
import { generatorGraph } from './generator-graph.ts';
import type { Architecture } from './networks/network.ts';
import type { TrainOptions } from './options.ts';
import type { ScheduledOptimizer } from '../training/index.ts';

/** The two steps of GAN training, which share one state. */
export interface CompiledSteps {
  readonly state: TrainingState;
  readonly discriminator: optim.Trainer<DiscriminatorOutput>;
  readonly generator: optim.Trainer<'loss'>;
  /** The steps of the discriminator and of the generator. */
  readonly optimizers: readonly ScheduledOptimizer[];
  /** Draws the random inputs of a discriminator step besides points and pictures. */
  readonly drawForDiscriminator: (random: Random) => Record<string, NDArray>;
  /** Draws the random inputs of a generator step besides points. */
  readonly drawForGenerator: (random: Random) => Record<string, NDArray>;
  /** Approximate memory that the whole process needs, in bytes: both steps, the parameters and the slots of the optimisers. */
  readonly memory: number;
  readonly generatorParameters: number;
  readonly discriminatorParameters: number;
}

/**
 * Compiles both steps.
 * @param firstStep iteration at which training begins: 0, or that of a checkpoint
 */
export async function compileSteps(
  architecture: Architecture,
  options: TrainOptions,
  firstStep: number,
): Promise<CompiledSteps> {
  const judging = discriminatorGraph(architecture, options);
  const generating = generatorGraph(architecture, options);
  const optimizers = {
    discriminator: optimizerOf(options, options.discriminatorRate),
    generator: optimizerOf(options, options.generatorRate),
  };
  const networks = generating.networks; // its state has the weights of both
  const initial = networks.parameters.initialize(new Random(options.seed).fork('initial weights'));
  const state = new TrainingState({
    ...initial,
    ...optim.initialSlots(optimizers.discriminator, networks.trained('discriminator')),
    ...optim.initialSlots(optimizers.generator, networks.trained('generator')),
    ...(options.ema > 0 && averagesOf(initial)),
  });
  const { threads } = options;
  const steps = {
    discriminator: await optim.createTrainer({
      loss: judging.loss,
      parameters: judging.networks.trained('discriminator'),
      optimizer: optimizers.discriminator,
      state,
      outputs: judging.outputs,
      updates: judging.networks.updates('discriminator'),
      firstStep: firstStep * discriminatorSteps(options),
      threads,
      memoryPattern: false,
    }),
    generator: await optim.createTrainer({
      loss: generating.loss,
      parameters: networks.trained('generator'),
      optimizer: optimizers.generator,
      state,
      outputs: { loss: generating.loss },
      updates: { ...networks.updates('generator'), ...generating.averages },
      firstStep,
      threads,
      memoryPattern: false,
    }),
  };
  return {
    state,
    ...steps,
    memory: memoryOf(state, steps),
    optimizers: [
      { optimizer: optimizers.discriminator, learningRate: options.discriminatorRate },
      { optimizer: optimizers.generator, learningRate: options.generatorRate },
    ],
    drawForDiscriminator: judging.draw,
    drawForGenerator: generating.draw,
    generatorParameters: networks.count('generator'),
    discriminatorParameters: networks.count('discriminator'),
  };
}

/** Discriminator steps per generator step. */
export function discriminatorSteps({ discriminatorSteps: chosen, loss }: TrainOptions): number {
  return chosen ?? (loss === 'wgan-gp' ? 5 : 1);
}

// The book clips with RMSprop; Adam's steps are bounded anyway.
function optimizerOf(
  { optimizer, beta1, decay, clipvalue }: TrainOptions,
  learningRate: number,
): optim.Optimizer {
  return optimizer === 'adam'
    ? optim.adam({ learningRate, beta1, decay, clipvalue })
    : optim.rmsprop({ learningRate, decay, clipvalue: clipvalue ?? 1 });
}

/** Bytes of the program and of ONNX Runtime. */
const FIXED = 100 * 2 ** 20;

/**
 * Memory of a session beyond the peak of its values: workspace of kernels, fragmentation. Measured with both pairs of networks, sizes of 32
 * to 128, batches of 5 to 64; the estimate is between 10 % below and a third above the measurement.
 */
const OVERHEAD = 1.5;

// Steps run one after the other, but each session keeps its memory. Variables have two buffers each; samples need one more.
function memoryOf(
  state: TrainingState,
  steps: {
    readonly discriminator: { readonly memory: number };
    readonly generator: { readonly memory: number };
  },
): number {
  const variables = state.names().reduce((sum, name) => sum + 4 * state.get(name).data.length, 0);
  return FIXED + 3 * variables + OVERHEAD * (steps.discriminator.memory + steps.generator.memory);
}

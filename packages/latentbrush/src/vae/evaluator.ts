import {
  float32,
  input,
  compile,
  Graph,
  peakMemory,
  nn,
  type NDArray,
  type Random,
  type TrainingState,
} from '@latentbrush/engine';
import { PictureBatches, type ImageDataset } from '../data/index.ts';
import type { VaeQuality } from './events.ts';
import { klDivergence, klWeight, reconstructionError, sampled } from './loss.ts';
import { decoder, encoder, type Architecture } from './networks/network.ts';
import type { TrainOptions } from './options.ts';

/** Pictures per batch of a measurement. */
const BATCH = 64;

/** A dimension whose mean varies less than this over pictures is inactive (Burda et al. 2015, arXiv:1509.00519, 4.2). */
const ACTIVE = 0.01;

/** The result of a measurement. */
export interface Measured {
  readonly quality: VaeQuality;
  readonly activeUnits: number;
}

/** Measures a model during training. */
export interface Evaluator {
  /** Peak bytes of a measurement. */
  readonly memory: number;
  /** @param random for the points drawn around each picture's mean, one for each */
  measure(random: Random): Promise<Measured>;
  release(): Promise<void>;
}

/**
 * Compiles the measurement of a model.
 * @param most largest number of pictures to measure
 */
export async function compileEvaluator(
  architecture: Architecture,
  options: TrainOptions,
  state: TrainingState,
  dataset: ImageDataset,
  random: Random,
  most = Infinity,
): Promise<Evaluator> {
  const { size, channels, latent } = architecture;
  const batchSize = Math.min(BATCH, dataset.count);
  const parameters = new nn.Parameters();
  const pictures = input('pictures', [batchSize, channels, size, size]);
  const posterior = encoder(parameters.scope('encoder'), pictures, architecture);
  const z = sampled(posterior, input('epsilon', [batchSize, latent]));
  const logits = decoder(parameters.scope('decoder'), z, architecture);
  const outputs = {
    reconstruction: reconstructionError(pictures, logits, options),
    kl: klDivergence(posterior),
    mean: posterior.mean,
  };
  const session = await compile(outputs, { threads: options.threads, spinning: false });
  const count = Math.min(dataset.count, most);
  const batches = new PictureBatches(dataset, { batchSize, random, shuffle: false });
  const weight = klWeight(options, architecture);
  return {
    memory: peakMemory(new Graph(outputs)),
    async measure(draws) {
      const weights = Object.fromEntries(parameters.list().map(({ name }) => [name, state.get(name)]));
      const sums = { reconstruction: 0, kl: 0 };
      const moments = { first: new Float64Array(latent), second: new Float64Array(latent) };
      for (let start = 0; start < count; start += batchSize) {
        const epsilon = new Float32Array(batchSize * latent);
        draws.fillNormal(epsilon);
        const results = await session.run({
          ...weights,
          pictures: batches.at(start / batchSize),
          epsilon: float32(epsilon, [batchSize, latent]),
        });
        const rows = Math.min(batchSize, count - start); // the last batch wraps around to the first picture
        sums.reconstruction += sumOf(results.reconstruction, rows);
        sums.kl += sumOf(results.kl, rows * latent);
        addMoments(moments, results.mean, rows, latent);
      }
      const reconstruction = sums.reconstruction / count;
      const kl = sums.kl / count;
      return {
        quality: {
          loss: (reconstruction + weight * kl) / (channels * size * size),
          reconstruction,
          kl,
          elbo: -(reconstruction + kl),
        },
        activeUnits: moments.first.filter(
          (first, i) => moments.second[i]! / count - (first / count) ** 2 > ACTIVE,
        ).length,
      };
    },
    release: () => session.release(),
  };
}

function sumOf({ data }: NDArray, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += Number(data[i]);
  return sum;
}

function addMoments(
  moments: { readonly first: Float64Array; readonly second: Float64Array },
  { data }: NDArray,
  rows: number,
  latent: number,
): void {
  for (let i = 0; i < rows * latent; i++) {
    const value = Number(data[i]);
    const dimension = i % latent;
    moments.first[dimension] = moments.first[dimension]! + value;
    moments.second[dimension] = moments.second[dimension]! + value * value;
  }
}

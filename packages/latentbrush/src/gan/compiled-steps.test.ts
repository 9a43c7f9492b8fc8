import { float32, grad, Random, type NDArray } from '@latentbrush/engine';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseOptions } from '../options.ts';
import { memoryOfAverage } from './averaged-weights.ts';
import { compileSteps, discriminatorSteps, type CompiledSteps } from './compiled-steps.ts';
import { discriminatorGraph } from './discriminator-graph.ts';
import { oneHot } from './model.ts';
import { generatorGraph } from './generator-graph.ts';
import { architectureOf } from './networks/network.ts';
import { trainOptions, type TrainInput, type TrainOptions } from './options.ts';
import { valuesOf } from './testing/values.ts';
import { wave, waveWeights } from './testing/wave.ts';

const small = {
  architecture: 'dcgan',
  size: 16,
  filters: 4,
  latentDim: 5,
  batchSize: 3,
  warmup: 0,
  threads: 1,
} as const satisfies TrainInput;

function optionsOf(given: TrainInput): TrainOptions {
  return parseOptions(trainOptions, { ...small, ...given });
}

async function steps(given: TrainInput, classes = 0): Promise<CompiledSteps> {
  const options = optionsOf(given);
  const compiled = await compileSteps(architectureOf(options, 3, classes), options, 0);
  onTestFinished(async () => {
    await compiled.discriminator.release();
    await compiled.generator.release();
  });
  return compiled;
}

const z = wave('z', [3, 5]);
const real = wave('real', [3, 3, 16, 16]);
const classes = { labels: oneHot([2, 0, 1], 3), real_labels: oneHot([1, 1, 2], 3) };

/** One step of a network; feeds that it does not need are left out. */
async function step(
  { discriminator, generator, drawForDiscriminator, drawForGenerator }: CompiledSteps,
  network: 'discriminator' | 'generator',
  memory = 0.5,
): Promise<Record<string, NDArray>> {
  const trainer = network === 'discriminator' ? discriminator : generator;
  const draw = network === 'discriminator' ? drawForDiscriminator : drawForGenerator;
  const random = new Random(trainer.stepCount).fork(network);
  const all = { z, real, ...classes, ...draw(random), ema_memory: float32([memory], []) };
  return trainer.step(Object.fromEntries(Object.entries(all).filter(([name]) => trainer.inputs.has(name))));
}

/** The variables of the state that differ between two snapshots, bit by bit. */
function changed(before: Record<string, NDArray>, after: Record<string, NDArray>): string[] {
  return Object.keys(before).filter((name) => {
    const [old, now] = [before[name]!.data as Float32Array, after[name]!.data as Float32Array];
    return old.some((value, i) => !Object.is(value, now[i]));
  });
}

const kinds: [string, TrainInput, number][] = [
  ['batch normalisation, RMSprop, dropout and label noise', {}, 0],
  [
    'spectral normalisation, classes, Adam, averages and augmentation',
    { spectralNorm: true, loss: 'hinge', conditional: true, optimizer: 'adam', ema: 0.9, augment: true },
    3,
  ],
  ['a gradient penalty', { loss: 'wgan-gp' }, 0],
];

describe.each(kinds)('with %s', (_, given, count) => {
  const of = (name: string, network: string): boolean =>
    name.replace(/^ema\/|^[^/:]+:/, '').startsWith(`${network}/`);

  it('a step of the discriminator keeps the generator exactly, and changes all its own weights', async () => {
    const compiled = await steps(given, count);
    const before = compiled.state.snapshot();
    await step(compiled, 'discriminator');
    const names = changed(before, compiled.state.snapshot());
    expect(names.filter((name) => of(name, 'generator'))).toEqual([]);
    expect(names).toContain('discriminator/conv_1/kernel');
    expect(names).toContain('discriminator/dense/kernel');
  });

  it('a step of the generator keeps the discriminator exactly, with its running statistics', async () => {
    const compiled = await steps(given, count);
    await step(compiled, 'discriminator');
    const before = compiled.state.snapshot();
    await step(compiled, 'generator');
    const names = changed(before, compiled.state.snapshot());
    expect(names.filter((name) => of(name, 'discriminator'))).toEqual([]);
    expect(names).toContain('generator/dense/kernel');
    expect(names).toContain('generator/dense/moving_mean');
    expect(names).toContain('generator/conv_transpose_2/kernel');
  });

  it('each learns against the current other network: on the same batch its loss falls', async () => {
    const compiled = await steps({ ...given, dropout: 0, labelNoise: 0, augment: false }, count);
    const first = Number((await step(compiled, 'discriminator')).loss!.data[0]);
    for (let i = 0; i < 5; i++) await step(compiled, 'discriminator');
    expect(Number((await step(compiled, 'discriminator')).loss!.data[0])).toBeLessThan(first);
    const generating = Number((await step(compiled, 'generator')).loss!.data[0]);
    for (let i = 0; i < 5; i++) await step(compiled, 'generator');
    expect(Number((await step(compiled, 'generator')).loss!.data[0])).toBeLessThan(generating);
  });
});

it('averages follow the weights, one step behind', async () => {
  const compiled = await steps({ ema: 0.9 });
  const name = 'generator/dense/kernel';
  const expected = Float64Array.from(compiled.state.get(name).data as Float32Array);
  for (let index = 0; index < 4; index++) {
    const memory = memoryOfAverage(0.9, index);
    const weights = compiled.state.snapshot()[name]!.data as Float32Array;
    expected.forEach((value, i) => (expected[i] = memory * value + (1 - memory) * weights[i]!));
    await step(compiled, 'generator', memory);
  }
  const average = compiled.state.get(`ema/${name}`).data as Float32Array;
  average.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
  expect(average).not.toEqual(compiled.state.get(name).data);
});

describe('learning rates', () => {
  it('are the same fraction of the options for both networks', async () => {
    const compiled = await steps({ optimizer: 'rmsprop', generatorRate: 0.01, decay: 0 });
    const moved = async (share: number): Promise<number> => {
      for (const { optimizer, learningRate } of compiled.optimizers)
        optimizer.learningRate = learningRate * share;
      const before = compiled.state.snapshot();
      await step(compiled, 'generator');
      const name = 'generator/conv_transpose_2/kernel';
      const after = compiled.state.get(name).data as Float32Array;
      const from = before[name]!.data as Float32Array;
      return Math.max(...after.map((value, i) => Math.abs(value - from[i]!)));
    };
    expect(await moved(0)).toBe(0);
    // The first step of RMSprop is at most rate / √(1 - 0.9); the slots have moved once already.
    expect(await moved(1)).toBeGreaterThan(0.01);
    expect(await moved(0.001)).toBeLessThan(0.0001);
  });

  it('the discriminator of wgan-gp learns five times as often', () => {
    expect(discriminatorSteps(optionsOf({}))).toBe(1);
    expect(discriminatorSteps(optionsOf({ loss: 'wgan-gp' }))).toBe(5);
    expect(discriminatorSteps(optionsOf({ loss: 'wgan-gp', discriminatorSteps: 2 }))).toBe(2);
  });
});

it('memory grows with the batch', async () => {
  const [few, many] = [await steps({ batchSize: 3 }), await steps({ batchSize: 64 })];
  expect(few.memory).toBeGreaterThan(100 * 2 ** 20);
  expect(many.memory).toBeGreaterThan(few.memory);
});

describe('what a step of the discriminator draws', () => {
  const drawn = (given: TrainInput): Record<string, NDArray> => {
    const options = optionsOf({ batchSize: 64, ...given });
    return discriminatorGraph(architectureOf(options, 3, 0), options).draw(new Random(1));
  };
  const values = (array: NDArray | undefined): number[] => [...(array!.data as Float32Array)];

  it('noise on labels, separate for real and generated and for each picture, from 0 to the option', () => {
    const { noise_generated: generated, noise_real: ofReal } = drawn({});
    for (const noise of [values(generated), values(ofReal)]) {
      expect(Math.min(...noise)).toBeGreaterThanOrEqual(0);
      expect(Math.min(...noise)).toBeLessThan(0.005);
      expect(Math.max(...noise)).toBeLessThanOrEqual(0.05);
      expect(Math.max(...noise)).toBeGreaterThan(0.045);
    }
    expect(values(generated)).not.toEqual(values(ofReal));
    expect(new Set(values(drawn({ labelNoise: 0 }).noise_real))).toEqual(new Set([0]));
  });

  it('dropout of the features before the last layer, for real and generated pictures', () => {
    const { 'dropout/mask': mask } = drawn({ dropout: 0.25, spectralNorm: true });
    expect(mask?.shape).toEqual([2 * 64, 8 * 4 * 4]);
    const kept = values(mask);
    expect(kept.reduce((sum, value) => sum + value, 0) / kept.length).toBeCloseTo(0.75, 1);
    expect(Object.keys(drawn({ dropout: 0, spectralNorm: true })).sort()).toEqual([
      'noise_generated',
      'noise_real',
    ]);
  });

  it('dropout has separate masks where the discriminator normalises real and generated pictures separately', () => {
    const { 'dropout_generated/mask': generated, 'dropout_real/mask': ofReal } = drawn({});
    expect(generated?.shape).toEqual([64, 8 * 4 * 4]);
    expect(ofReal?.shape).toEqual([64, 8 * 4 * 4]);
    expect(values(generated)).not.toEqual(values(ofReal));
  });

  it('ε of the gradient penalty, from 0 to 1, in place of noise', () => {
    const { epsilon, ...rest } = drawn({ loss: 'wgan-gp' });
    expect(epsilon?.shape).toEqual([64, 1, 1, 1]);
    expect(Math.min(...values(epsilon))).toBeLessThan(0.1);
    expect(Math.max(...values(epsilon))).toBeGreaterThan(0.9);
    expect(Object.keys(rest)).toEqual(['dropout/mask']);
  });

  it('augmentation of real and of generated pictures, by the same rule, each with its own numbers', () => {
    const changes = drawn({ augment: true });
    for (const name of ['brightness', 'saturation', 'contrast', 'rows', 'columns', 'kept']) {
      const [generated, ofReal] = [changes[`augment_generated/${name}`], changes[`augment_real/${name}`]];
      expect(generated?.shape, name).toEqual(ofReal?.shape);
      expect(generated?.data, name).not.toEqual(ofReal?.data);
    }
  });
});

it('the generator learns through the augmentation: its gradients agree with finite differences', async () => {
  const options = optionsOf({ augment: true, dropout: 0, loss: 'hinge', spectralNorm: true });
  const { networks, loss, draw } = generatorGraph(architectureOf(options, 3, 0), options);
  const name = 'generator/conv_transpose_2/kernel';
  const kernel = networks.trained('generator')[name]!;
  const [slope] = grad(loss, [kernel]);
  const weights = waveWeights(networks.parameters.list());
  const feeds = { z, ...weights, ...draw(new Random(3)) };
  const { found } = await valuesOf({ found: slope! }, feeds);
  const direction = found.map((value) => Math.sign(value));
  const lossAt = async (distance: number): Promise<number> => {
    const moved = float32(
      weights[name]!.data.map((value, i) => value + distance * direction[i]!),
      kernel.shape,
    );
    return (await valuesOf({ loss }, { ...feeds, [name]: moved })).loss[0]!;
  };
  const difference = ((await lossAt(1e-3)) - (await lossAt(-1e-3))) / 2e-3;
  const predicted = found.reduce((sum, value) => sum + Math.abs(value), 0);
  expect(predicted).toBeGreaterThan(0.01);
  expect(difference / predicted).toBeCloseTo(1, 1);
});

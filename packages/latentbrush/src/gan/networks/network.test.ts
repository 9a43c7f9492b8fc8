import { compile, float32, grad, InputError, nn, type NDArray, type Tensor } from '@latentbrush/engine';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseOptions } from '../../options.ts';
import { discriminatorGraph } from '../discriminator-graph.ts';
import { generatorOn, oneHot } from '../model.ts';
import { generatorGraph } from '../generator-graph.ts';
import { architectureOf, type Architecture } from './network.ts';
import type { Networks } from './pair.ts';
import { trainOptions, type TrainInput, type TrainOptions } from '../options.ts';
import { wave, waveWeights } from '../testing/wave.ts';

function optionsOf(given: TrainInput): TrainOptions {
  return parseOptions(trainOptions, given);
}

function networksOf(given: TrainInput, classes = 0): Networks {
  const options = optionsOf(given);
  return discriminatorGraph(architectureOf(options, 3, classes), options).networks;
}

describe('parameters', () => {
  it("the book's networks have 6,264,579 and 790,913, as its summaries print", () => {
    const networks = networksOf({});
    expect(networks.count('generator')).toBe(6_264_579);
    expect(networks.count('discriminator')).toBe(790_913);
  });

  it("DCGAN's for 64x64 have those of PyTorch's example, 3,576,704 and 2,765,568, and biases in the outer layers", () => {
    const networks = networksOf({ architecture: 'dcgan', size: 64, latentDim: 100 });
    expect(networks.count('generator')).toBe(3_576_704 + 3);
    expect(networks.count('discriminator')).toBe(2_765_568 + 64 + 1);
  });

  it('spectral normalisation and a gradient penalty take the place of batch normalisation in the discriminator', () => {
    const names = (given: TrainInput): string[] =>
      Object.keys(networksOf({ architecture: 'dcgan', ...given }).trained('discriminator'));
    expect(names({}).filter((name) => name.endsWith('/gamma'))).toEqual([
      'discriminator/conv_2/gamma',
      'discriminator/conv_3/gamma',
    ]);
    for (const given of [{ spectralNorm: true }, { loss: 'wgan-gp' }] as const) {
      expect(names(given)).toEqual(
        ['conv_1', 'conv_2', 'conv_3', 'dense'].flatMap((layer) => [
          `discriminator/${layer}/kernel`,
          `discriminator/${layer}/bias`,
        ]),
      );
    }
  });
});

describe('shapes', () => {
  it.each([
    [16, [16, 8]],
    [32, [32, 16, 8]],
    [64, [64, 32, 16, 8]],
    [128, [128, 64, 32, 16, 8]],
  ] as const)('DCGAN for %ix%i: channels halve from 4x4 on', (size, channels) => {
    const architecture = architectureOf(optionsOf({ architecture: 'dcgan', size, filters: 8 }), 1, 0);
    const parameters = new nn.Parameters();
    expect(generatorOn(parameters, architecture, 2).shape).toEqual([2, 1, size, size]);
    const normalized = parameters.list().filter(({ name }) => name.endsWith('/gamma'));
    expect(normalized.map(({ tensor }) => tensor.shape[0])).toEqual(channels);
  });

  it("the book's pictures are 32x32", () => {
    const architecture = architectureOf(optionsOf({}), 3, 0);
    expect(generatorOn(new nn.Parameters(), architecture, 2).shape).toEqual([2, 3, 32, 32]);
  });

  it('classes extend the latent point, and add an embedding to the discriminator', () => {
    const networks = networksOf({ architecture: 'dcgan', conditional: true, latentDim: 7, filters: 4 }, 5);
    const shapes = Object.fromEntries(
      networks.parameters.list().map(({ name, tensor }) => [name, tensor.shape]),
    );
    expect(shapes['generator/dense/kernel']).toEqual([7 + 5, 16 * 16]);
    expect(shapes['discriminator/classes/kernel']).toEqual([5, 16 * 16]);
  });
});

const figures = z.object({
  pictures: z.array(z.number()),
  discriminatorLoss: z.number(),
  generatorLoss: z.number(),
  generatorGradients: z.record(z.string(), z.number()),
  discriminatorGradients: z.record(z.string(), z.number()),
});

const oracle = z
  .object({
    book: figures.extend({ meanPicture: z.number() }),
    batch: figures,
    spectral: figures,
    penalty: figures.extend({ penalty: z.number() }),
  })
  .parse(JSON.parse(readFileSync(new URL('oracles/networks.json', import.meta.url), 'utf8')));

const small = {
  architecture: 'dcgan',
  size: 16,
  filters: 4,
  latentDim: 6,
  batchSize: 3,
  dropout: 0,
} as const;
const byClass = { labels: oneHot([2, 0, 1], 3), real_labels: oneHot([1, 1, 2], 3) };

describe('PyTorch gives the same pictures, losses and gradients', () => {
  it.each<[keyof typeof oracle, string, TrainInput, number, Record<string, NDArray>]>([
    [
      'book',
      "of the book's networks, with label noise",
      { batchSize: 2, dropout: 0 },
      0,
      {
        noise_generated: wave('noise_generated', [2], 0.025, 0.025),
        noise_real: wave('noise_real', [2], 0.025, 0.025),
      },
    ],
    [
      'batch',
      'of DCGAN with batch normalisation and classes',
      { ...small, conditional: true },
      3,
      { ...byClass, noise_generated: float32([0, 0, 0]), noise_real: float32([0, 0, 0]) },
    ],
    [
      'spectral',
      'of DCGAN with spectral normalisation, classes and hinge loss',
      { ...small, conditional: true, spectralNorm: true, loss: 'hinge' },
      3,
      byClass,
    ],
    [
      'penalty',
      'of DCGAN with the Wasserstein loss and a gradient penalty',
      { ...small, loss: 'wgan-gp' },
      0,
      { epsilon: wave('epsilon', [3, 1, 1, 1], 0.5, 0.5) },
    ],
  ])('%s: %s', async (name, _, given, classes, feeds) => {
    const options = optionsOf(given);
    const { batchSize, size, latentDim } = options;
    const architecture = architectureOf(options, 3, classes);
    const [judging, generating] = [
      discriminatorGraph(architecture, options),
      generatorGraph(architecture, options),
    ];
    const weights = waveWeights(judging.networks.parameters.list());
    const inputs = {
      z: wave('z', [batchSize, latentDim]),
      real: wave('real', [batchSize, 3, size, size]),
      ...feeds,
      ...weights,
    };
    const expected = oracle[name];

    const discriminator = await evaluated(judging.loss, judging.networks.trained('discriminator'), inputs, {
      base: judging.outputs.loss,
    });
    expect(discriminator.outputs.base).toBeCloseTo(expected.discriminatorLoss, 5);
    expectClose(discriminator.norms, expected.discriminatorGradients);
    if ('penalty' in expected) {
      const penalty = (discriminator.loss - discriminator.outputs.base!) / 10;
      expect(penalty).toBeCloseTo(expected.penalty, 4);
    }
    const generator = await evaluated(generating.loss, generating.networks.trained('generator'), inputs, {});
    expect(generator.loss).toBeCloseTo(expected.generatorLoss, 5);
    expectClose(generator.norms, expected.generatorGradients);

    const pictures = await picturesBefore(architecture, weights, inputs);
    const step = Math.max(1, Math.floor(pictures.length / 12));
    expected.pictures.forEach((value, i) => expect(pictures[i * step]).toBeCloseTo(value, 4));
    if ('meanPicture' in expected)
      expect(pictures.reduce((sum, value) => sum + value, 0) / pictures.length).toBeCloseTo(
        expected.meanPicture,
        5,
      );
  });
});

// A loss, the norms of its gradients and further scalars.
async function evaluated(
  loss: Tensor,
  parameters: Readonly<Record<string, Tensor>>,
  inputs: Readonly<Record<string, NDArray>>,
  further: Readonly<Record<string, Tensor>>,
): Promise<{ loss: number; norms: Record<string, number>; outputs: Record<string, number> }> {
  const names = Object.keys(parameters);
  const gradients = grad(loss, Object.values(parameters));
  const session = await compile<string>(
    { loss, ...further, ...Object.fromEntries(gradients.map((gradient, i) => [`d ${names[i]!}`, gradient])) },
    { threads: 1 },
  );
  try {
    const results = await session.run(inputs);
    const scalar = (name: string): number => Number(results[name]?.data[0]);
    return {
      loss: scalar('loss'),
      norms: Object.fromEntries(names.map((name) => [name, norm(results[`d ${name}`]!)])),
      outputs: Object.fromEntries(Object.keys(further).map((name) => [name, scalar(name)])),
    };
  } finally {
    await session.release();
  }
}

// Pictures as the training steps generate them: normalised by the batch.
async function picturesBefore(
  architecture: Architecture,
  weights: Readonly<Record<string, NDArray>>,
  { z: points, labels }: Readonly<Record<string, NDArray>>,
): Promise<Float32Array> {
  const options = optionsOf(architecture.kind === 'book' ? { batchSize: 2 } : { ...small });
  const { networks } = generatorGraph(architecture, options);
  const { input } = await import('@latentbrush/engine');
  const pictures = networks.generate(input('z', points!.shape), labels && input('labels', labels.shape));
  const session = await compile({ pictures }, { threads: 1 });
  try {
    const feeds = { z: points!, ...(labels && { labels }), ...weights };
    return (await session.run(feeds)).pictures.data as Float32Array;
  } finally {
    await session.release();
  }
}

function norm({ data }: NDArray): number {
  return Math.sqrt((data as Float32Array).reduce((sum, value) => sum + value * value, 0));
}

// To a thousandth; a 0 in float64 is a rounding error here.
function expectClose(actual: Record<string, number>, expected: Record<string, number>): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected)) {
    expect(Math.abs(actual[name]! - value), name).toBeLessThan(1e-3 * Math.abs(value) + 1e-5);
  }
}

describe('options that exclude each other', () => {
  it.each<[string, TrainInput, number, RegExp]>([
    [
      'a size the book has no network for',
      { size: 64 },
      0,
      /^option size: the book's networks make pictures of 32x32; for 64 choose option architecture dcgan$/,
    ],
    [
      'spectral normalisation of the book',
      { spectralNorm: true },
      0,
      /^option spectralNorm: .*option architecture dcgan$/,
    ],
    ['classes of the book', { conditional: true }, 3, /^option conditional: .*option architecture dcgan$/],
    ['filters of the book', { filters: 8 }, 0, /^option filters: .*option architecture dcgan$/],
    [
      'conditional without classes in the data',
      { ...small, conditional: true },
      0,
      /^option conditional: the data set has no classes/,
    ],
    [
      'classes where there is one',
      { ...small, conditional: true },
      1,
      /^option conditional: the data set has only one class/,
    ],
  ])('%s', (_, given, classes, message) => {
    const attempt = (): unknown => architectureOf(optionsOf(given), 3, classes);
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(message);
  });
});

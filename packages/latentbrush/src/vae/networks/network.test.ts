import { compile, float32, grad, input, InputError, mul, nn, Random, sigmoid } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { sampled, vaeTerms } from '../loss.ts';
import { architectureOf, decoder, encoder, type Architecture } from './network.ts';

const book: Architecture = {
  kind: 'book',
  size: 28,
  channels: 1,
  latent: 2,
  filters: 32,
  boundedVariance: false,
};

/** The weights of both networks, by name, with their shapes. */
function parametersOf(architecture: Architecture): nn.Parameters {
  const { channels, size, latent } = architecture;
  const parameters = new nn.Parameters();
  encoder(parameters.scope('encoder'), input('pictures', [1, channels, size, size]), architecture);
  decoder(parameters.scope('decoder'), input('z', [1, latent]), architecture);
  return parameters;
}

/** Number of weights of each layer. */
function layers(architecture: Architecture, network: 'encoder' | 'decoder'): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name, tensor } of parametersOf(architecture).list()) {
    const [of, ...path] = name.split('/');
    const layer = path.slice(0, -1).join('/');
    if (of === network)
      counts[layer] = (counts[layer] ?? 0) + tensor.shape.reduce((product, length) => product * length, 1);
  }
  return counts;
}

describe("the book's networks", () => {
  it('have its numbers of parameters, layer by layer', () => {
    expect(layers(book, 'encoder')).toEqual({
      conv_1: 320,
      conv_2: 18_496,
      conv_3: 36_928,
      conv_4: 36_928,
      dense: 401_440,
      z_mean: 66,
      z_log_var: 66,
    });
    const decoding = layers(book, 'decoder');
    expect(decoding).toEqual({ dense: 3 * 12_544, conv_transpose: 18_464, conv: 289 });
    expect(Object.values(decoding).reduce((sum, count) => sum + count)).toBe(56_385);
  });

  it('have the number of parameters of Keras for 64x64 in colour and 16 dimensions', () => {
    const colour: Architecture = { ...book, size: 64, channels: 3, latent: 16 };
    expect(layers(colour, 'encoder')).toMatchObject({
      conv_1: (3 * 9 + 1) * 32,
      dense: (32 * 32 * 64 + 1) * 32,
      z_mean: (32 + 1) * 16,
    });
    expect(layers(colour, 'decoder')).toMatchObject({
      dense: (16 + 1) * 32 * 32 * 64,
      conv: (32 * 9 + 1) * 3,
    });
  });
});

describe.each(['book', 'residual'] as const)('%s networks', (kind) => {
  it.each([28, 30, 32, 48, 64])(
    'encode pictures of %i pixels to points and decode them to that size',
    async (size) => {
      for (const channels of [1, 3] as const) {
        const architecture = architectureOf(
          { architecture: kind, latentDim: 5, filters: 4, compat: 'none' },
          size,
          channels,
        );
        const weights = nn.Parameters.frozen(parametersOf(architecture).initialize(new Random(1)));
        const posterior = encoder(
          weights.scope('encoder'),
          input('pictures', [2, channels, size, size]),
          architecture,
        );
        expect(posterior.mean.shape).toEqual([2, 5]);
        expect(posterior.logVar.shape).toEqual([2, 5]);
        const session = await compile(
          { decoded: sigmoid(decoder(weights.scope('decoder'), posterior.mean, architecture)) },
          { threads: 1 },
        );
        const pictures = float32(new Float32Array(2 * channels * size ** 2).fill(0.5), [
          2,
          channels,
          size,
          size,
        ]);
        const { decoded } = await session.run({ pictures });
        await session.release();
        expect(decoded.shape).toEqual(pictures.shape);
        expect((decoded.data as Float32Array).every((value) => value > 0 && value < 1)).toBe(true);
      }
    },
  );

  it('have a loss whose gradient agrees with finite differences, for every weight', async () => {
    const architecture: Architecture = {
      kind,
      size: 8,
      channels: 1,
      latent: 2,
      filters: 2,
      boundedVariance: true,
    };
    const parameters = new nn.Parameters();
    const pictures = input('pictures', [2, 1, 8, 8]);
    const posterior = encoder(parameters.scope('encoder'), pictures, architecture);
    const z = sampled(posterior, input('epsilon', [2, 2]));
    const logits = decoder(parameters.scope('decoder'), z, architecture);
    const options = { reconstruction: 'bce', sigma: 1, beta: 1, freeBits: 0, klWarmup: 0 } as const;
    // in nats of a picture, so that differences are well above the rounding
    const loss = mul(vaeTerms(pictures, posterior, logits, architecture, options).loss, 64);
    const names = Object.keys(parameters.trainable());
    const slopes = grad(loss, Object.values(parameters.trainable()));
    const session = await compile(
      { loss, ...Object.fromEntries(names.map((name, i) => [`slope of ${name}`, slopes[i]!])) },
      { threads: 1 },
    );
    const random = new Random(5);
    const weights = parameters.initialize(random);
    // ReLU has no gradient at 0, and without biases whole areas are exactly 0
    for (const [name, { data }] of Object.entries(weights))
      if (name.endsWith('bias')) random.fillUniform(data as Float32Array, 0.05, 0.3);
    const feeds = {
      ...weights,
      pictures: float32(uniform(128, random), [2, 1, 8, 8]),
      epsilon: float32([0.5, -1, 1, 0.3], [2, 2]),
    };
    const found: Record<string, { readonly data: ArrayLike<number | bigint> }> = await session.run(feeds);
    const lossAt = async (name: string, data: Float32Array): Promise<number> => {
      const moved = { ...feeds, [name]: float32(data, weights[name]!.shape) };
      return Number((await session.run(moved, ['loss'])).loss.data[0]);
    };
    for (const name of names) {
      const [data, slope] = [weights[name]!.data as Float32Array, found[`slope of ${name}`]!.data];
      // along the gradient, which reveals a wrong factor, and in random directions, which reveal a wrong place
      const along = Float32Array.from(slope, Number);
      const across = Float32Array.from(slope, () => random.normal());
      for (const direction of [along, across]) {
        const length = Math.hypot(...direction);
        const step = 1e-3 / length;
        const ahead = await lossAt(
          name,
          data.map((value, i) => value + step * direction[i]!),
        );
        const back = await lossAt(
          name,
          data.map((value, i) => value - step * direction[i]!),
        );
        const measured = (ahead - back) / (2 * step * length);
        const expected = direction.reduce((sum, value, i) => sum + value * Number(slope[i]), 0) / length;
        expect(Math.abs(measured - expected), name).toBeLessThan(0.01 * Math.hypot(...along) + 0.01);
      }
    }
    await session.release();
  });
});

describe('residual networks', () => {
  it('halve pictures down to 7 pixels or less, or to an odd size, with up to 8 times the filters', () => {
    const widths = (size: number): number[] =>
      Object.keys(layers({ ...book, kind: 'residual', size, filters: 4 }, 'encoder'))
        .filter((name) => name.endsWith('down'))
        .map((name) => Number(name.split('/')[0]!.slice('stage_'.length)));
    expect(widths(28)).toHaveLength(2); // 14, 7
    expect(widths(30)).toHaveLength(1); // 15
    expect(widths(64)).toHaveLength(4); // 32, 16, 8, 4
    const large = parametersOf({ ...book, kind: 'residual', size: 128, filters: 4 }).list();
    const down = large.filter(({ name }) => name.endsWith('down/kernel')).map(({ tensor }) => tensor.shape);
    expect(down.map(([out]) => out)).toEqual([8, 16, 32, 32, 32]);
  });

  it('begin with residual blocks that are nearly the identity', () => {
    const weights = parametersOf({ ...book, kind: 'residual' }).initialize(new Random(1));
    const deviation = (name: string): number => {
      const data = weights[name]!.data as Float32Array;
      return Math.sqrt(data.reduce((sum, value) => sum + value ** 2, 0) / data.length);
    };
    const block = 'encoder/stage_1/residual';
    expect(deviation(`${block}/conv_2/kernel`) / deviation(`${block}/conv_1/kernel`)).toBeCloseTo(0.1, 2);
  });
});

describe('architectureOf', () => {
  it('refuses pictures that cannot be halved, and names the next size that can', () => {
    const options = { architecture: 'residual', latentDim: 2, filters: 8, compat: 'none' } as const;
    expect(() => architectureOf(options, 29, 1)).toThrow(InputError);
    expect(() => architectureOf(options, 29, 1)).toThrow(
      '29x29 cannot be halved; choose an even size, such as 30',
    );
  });
});

function uniform(count: number, random: Random): Float32Array {
  const values = new Float32Array(count);
  random.fillUniform(values);
  return values;
}

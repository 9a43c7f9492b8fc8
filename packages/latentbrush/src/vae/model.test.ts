import { compile, constant, float32, input, InputError, nn, Random, sigmoid } from '@latentbrush/engine';
import { describe, expect, it, onTestFinished } from 'vitest';
import { picture, type Picture } from '../image/index.ts';
import { noise } from '../image/testing/noise.ts';
import { decoder, encoder, type Architecture } from './networks/network.ts';
import { small, untrained } from './testing/untrained.ts';
import { Vae, type VaeModel } from './model.ts';

const colour: Architecture = {
  kind: 'residual',
  size: 12,
  channels: 3,
  latent: 5,
  filters: 4,
  boundedVariance: true,
};

function open(model: VaeModel = untrained()): Vae {
  const vae = new Vae(model, { threads: 1 });
  onTestFinished(() => vae.release());
  return vae;
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number | bigint>, digits = 4): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) expect(actual[i]).toBeCloseTo(Number(expected[i]!), digits);
}

const pictures = (count: number, { channels, size }: Architecture = small): Picture[] =>
  Array.from({ length: count }, (_, seed) => noise(seed, channels, size, size));

describe.each([
  ['small, grey', small],
  ['residual, in colour', colour],
])('%s', (_, architecture) => {
  it('encode is the encoder on values of 0 to 1, decode the sigmoid of the decoder as 0 to 255', async () => {
    const model = untrained(architecture);
    const { channels, size, latent } = architecture;
    const weights = nn.Parameters.frozen(model.weights);
    const [one] = pictures(1, architecture);
    const scaled = constant(
      float32(
        one!.data.map((value) => value / 255),
        [1, channels, size, size],
      ),
    );
    const { mean, logVar } = encoder(weights.scope('encoder'), scaled, architecture);
    const logits = decoder(weights.scope('decoder'), input('z', [1, latent]), architecture);
    const session = await compile({ mean, logVar, decoded: sigmoid(logits) }, { threads: 1 });
    const z = Float32Array.from({ length: latent }, (_, i) => 0.5 - i);
    const expected = await session.run({ z: float32(z, [1, latent]) });
    await session.release();

    const vae = open(model);
    const [encoded] = await vae.encode([one!]);
    expectClose(encoded!.mean, expected.mean.data);
    expectClose(encoded!.logVar, expected.logVar.data);
    const [decoded] = await vae.decode([z]);
    expect([decoded!.channels, decoded!.height, decoded!.width]).toEqual([channels, size, size]);
    expectClose(
      decoded!.data,
      (expected.decoded.data as Float32Array).map((value) => value * 255),
      2,
    );
  });

  it('many pictures and points, more than one batch, give the results of each alone', async () => {
    const vae = open(untrained(architecture));
    const many = pictures(300, architecture);
    const encoded = await vae.encode(many);
    const decoded = await vae.decode(encoded.map(({ mean }) => mean));
    expect([encoded.length, decoded.length]).toEqual([300, 300]);
    for (const index of [0, 255, 256, 299]) {
      const [alone] = await vae.encode([many[index]!]);
      expectClose(encoded[index]!.mean, alone!.mean);
      expectClose(encoded[index]!.logVar, alone!.logVar);
      expectClose(decoded[index]!.data, (await vae.decode([alone!.mean]))[0]!.data, 2);
    }
  });
});

it('values outside 0 to 255 are clipped', async () => {
  const vae = open();
  const bright = picture(1, 8, 8, new Float32Array(64).fill(300));
  const white = picture(1, 8, 8, new Float32Array(64).fill(255));
  const [black, dark, ...rest] = await vae.encode([
    picture(1, 8, 8),
    picture(1, 8, 8, new Float32Array(64).fill(-50)),
    bright,
    white,
  ]);
  expectClose(dark!.mean, black!.mean);
  expectClose(rest[0]!.mean, rest[1]!.mean);
  expect(rest[1]!.mean).not.toEqual(black!.mean);
});

it('an empty list gives an empty list', async () => {
  expect(await open().encode([])).toEqual([]);
  expect(await open().decode([])).toEqual([]);
});

it('samples pictures at the points that it draws', async () => {
  const vae = open();
  const random = (): Random => new Random(3);
  expect(await vae.sample(random(), 2)).toEqual(await vae.decode(vae.draw(random(), 2)));
});

it('can be used again after its memory was freed', async () => {
  const vae = open();
  const [before] = await vae.encode(pictures(1));
  await vae.release();
  expect(await vae.encode(pictures(1))).toEqual([before]);
});

describe('fitted', () => {
  it('crops the middle square, in the size and channels of the model', () => {
    // left half black, right half red, 32x8: the middle 8x8 is half and half
    const wide = picture(3, 8, 32);
    for (let i = 0; i < 256; i++) if (i % 32 >= 16) wide.data[i] = 255;
    const grey = open().fitted(wide);
    expect([grey.channels, grey.height, grey.width]).toEqual([1, 8, 8]);
    expect(grey.data[0]).toBeCloseTo(0, 0);
    expect(grey.data[7]).toBeCloseTo(0.299 * 255, 0);
    expect(grey.data[63]).toBe(grey.data[7]);
    const inColour = open(untrained(colour)).fitted(grey);
    expect([inColour.channels, inColour.height, inColour.width]).toEqual([3, 12, 12]);
    expect(inColour.data.subarray(144, 288)).toEqual(inColour.data.subarray(0, 144));
  });
});

describe('wrong input is refused in one line', () => {
  it.each<[string, Picture, RegExp]>([
    ['size', noise(1, 1, 10, 8), /a picture of 8x10 with 1 channel was given; this model takes 8x8 with 1/],
    ['number of channels', noise(1, 3, 8, 8), /a picture of 8x8 with 3 channels was given/],
    ['size, though it has as many values', noise(1, 1, 16, 4), /a picture of 4x16/],
  ])('a picture of another %s', async (_, wrong, message) => {
    const work = open().encode([...pictures(1), wrong]);
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(message);
  });

  it.each<[string, number[], RegExp]>([
    ['too few dimensions', [1], /a point of 1 dimension was given; the latent space of this run has 2/],
    ['too many dimensions', [1, 2, 3], /a point of 3 dimensions was given/],
    ['NaN', [1, Number.NaN], /finite coordinates are needed/],
    ['infinity', [Infinity, 0], /finite coordinates are needed/],
  ])('a point with %s', async (_, wrong, message) => {
    const work = open().decode([Float32Array.of(0, 0), Float32Array.from(wrong)]);
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(message);
  });
});

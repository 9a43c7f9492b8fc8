import { readFileSync } from 'node:fs';
import {
  checkGradients,
  compile,
  constant,
  float32,
  grad,
  input,
  Random,
  type NDArray,
  type Tensor,
} from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  contentLoss,
  gramMatrix,
  rangeLoss,
  relativeDistance,
  relativeLoss,
  smoothed,
  styleLoss,
  totalVariationLoss,
} from './losses.ts';

const planes = z.array(z.array(z.array(z.number())));

/** Figures computed in float64 from the formulas of the book (Chollet 8.3). Channels last, as there. */
const oracle = z
  .object({
    img_height: z.number(),
    img_width: z.number(),
    base: planes,
    combination: planes,
    style: planes,
    picture: z.tuple([planes]),
    content_loss: z.number(),
    style_loss: z.number(),
    total_variation_loss: z.number(),
    content_gradient: planes,
    style_gradient: planes,
    total_variation_gradient: z.tuple([planes]),
  })
  .parse(JSON.parse(readFileSync(new URL('oracles/style_losses.json', import.meta.url), 'utf8')));

const base = channelsFirst(oracle.base);
const combination = channelsFirst(oracle.combination);
const style = channelsFirst(oracle.style);
const picture = channelsFirst(oracle.picture[0]);
const size = oracle.img_height * oracle.img_width;

describe("the book's losses and their gradients have the book's values", () => {
  it('content', async () => {
    const loss = (x: Tensor): Tensor => contentLoss(constant(base), x);
    await expectOracle(loss, combination, oracle.content_loss, oracle.content_gradient);
  });

  it('style', async () => {
    const loss = (x: Tensor): Tensor => styleLoss(gramMatrix(constant(style)), gramMatrix(x), size);
    await expectOracle(loss, combination, oracle.style_loss, oracle.style_gradient);
  });

  it('total variation', async () => {
    await expectOracle(
      totalVariationLoss,
      picture,
      oracle.total_variation_loss,
      oracle.total_variation_gradient[0],
    );
  });
});

describe('gramMatrix', () => {
  it('contains the products of channels, summed over positions, for each picture of a batch', async () => {
    const [batch, channels, height, width] = [2, 3, 4, 5] as const;
    const features = normal([batch, channels, height, width], 1);
    const found = await evaluate(gramMatrix, features);
    expect(found.shape).toEqual([batch, channels, channels]);
    const at = (picture: number, channel: number, position: number): number =>
      features.data[(picture * channels + channel) * height * width + position]!;
    for (let n = 0; n < batch; n++) {
      for (let a = 0; a < channels; a++) {
        for (let b = 0; b < channels; b++) {
          let sum = 0;
          for (let i = 0; i < height * width; i++) sum += at(n, a, i) * at(n, b, i);
          expect(found.data[(n * channels + a) * channels + b]).toBeCloseTo(sum, 4);
        }
      }
    }
  });

  it('does not depend on positions: shuffled ones give the same', async () => {
    const features = normal([1, 3, 2, 4], 2);
    const order = new Random(3).permutation(8);
    const shuffled = features.data.map((_, i) => features.data[8 * Math.floor(i / 8) + order[i % 8]!]!);
    const [a, b] = await Promise.all([
      evaluate(gramMatrix, features),
      evaluate(gramMatrix, float32(shuffled, [1, 3, 2, 4])),
    ]);
    a.data.forEach((value, i) => expect(b.data[i]).toBeCloseTo(Number(value), 5));
  });

  it('has the gradient of finite differences', async () => {
    await checkGradients((x) => gramMatrix(x), [normal([2, 3, 2, 2], 4)]);
  });
});

describe('relativeLoss', () => {
  it('is 1 where the mean squared distance equals the scale, 0 at the target', async () => {
    const target = float32([1, 2, 3, 4], [1, 2, 2]);
    const values = float32([3, 2, 1, 6], [1, 2, 2]); // squared distances 4, 0, 4, 4
    expect(await value((x) => relativeLoss(constant(target), x, 3), values)).toBeCloseTo(1, 6);
    expect(await value((x) => relativeLoss(constant(target), x, 3), target)).toBe(0);
  });

  it('compares a batch with one target', async () => {
    const target = float32([1, 1], [1, 2]);
    const values = float32([1, 1, 2, 3], [2, 2]); // squared distances 0, 0, 1, 4
    expect(await value((x) => relativeLoss(constant(target), x, 5), values)).toBeCloseTo(1 / 4, 6);
  });
});

describe('totalVariationLoss', () => {
  it('is 0 for one colour, and (a + b)^1.25 at each pixel of a step', async () => {
    const flat = float32(new Float32Array(3 * 4 * 4).fill(9), [1, 3, 4, 4]);
    expect(await value(totalVariationLoss, flat)).toBe(0);
    // One bright pixel at row 1, column 1: it differs from those below and right (2 · 16), and those above and left differ from it.
    const step = float32(new Float32Array(9), [1, 1, 3, 3]);
    step.data[4] = 4;
    expect(await value(totalVariationLoss, step)).toBeCloseTo(32 ** 1.25 + 2 * 16 ** 1.25, 3);
  });

  it('has a finite gradient where neighbours are equal', async () => {
    const shape = [1, 1, 3, 3];
    const x = input('x', shape);
    const session = await compile({ gradient: grad(totalVariationLoss(x), [x])[0]! });
    const { gradient } = await session.run({ x: float32(new Float32Array(9), shape) });
    expect([...gradient.data].map(Number)).toEqual(new Array(9).fill(0));
    await session.release();
  });
});

describe('smoothed (SWAG)', () => {
  const shape = [2, 3, 2, 4];
  const features = normal(shape, 5);
  const count = 3 * 2 * 4;

  it('is the softmax over all elements of a picture, times their number', async () => {
    const temperature = 2;
    const { data } = await evaluate((x) => smoothed(x, temperature), features);
    for (let picture = 0; picture < 2; picture++) {
      const own = features.data.subarray(picture * count, (picture + 1) * count);
      const powers = Array.from(own, (activation) => Math.exp(activation / temperature));
      const sum = powers.reduce((a, b) => a + b, 0);
      powers.forEach((power, i) => expect(data[picture * count + i]).toBeCloseTo((count * power) / sum, 5));
    }
  });

  it('flattens: all near 1 at a high temperature, all on the peak at a low one', async () => {
    const hot = await evaluate((x) => smoothed(x, 1e4), features);
    for (const activation of hot.data) expect(Number(activation)).toBeCloseTo(1, 2);
    const cold = await evaluate((x) => smoothed(x, 1e-3), features);
    const first = [...cold.data].slice(0, count).map(Number);
    expect(Math.max(...first)).toBeCloseTo(count, 3);
    expect(first.filter((activation) => activation > 1e-3)).toHaveLength(1);
  });

  it('stays finite for activations whose exponential is infinite', async () => {
    const large = float32(
      features.data.map((activation) => 1000 + 100 * activation),
      shape,
    );
    const { data } = await evaluate((x) => smoothed(x, 1), large);
    expect([...data].every((activation) => Number.isFinite(Number(activation)))).toBe(true);
  });

  it('has the gradient of finite differences', async () => {
    await checkGradients((x) => smoothed(x, 1.5), [features]);
  });
});

/** `[height, width, channels]` as `[1, channels, height, width]`. */
function channelsFirst(values: readonly (readonly (readonly number[])[])[]): NDArray<'float32'> {
  const [height, width] = [values.length, values[0]!.length];
  const channels = values[0]![0]!.length;
  const data = Float32Array.from({ length: channels * height * width }, (_, i) => {
    const row = Math.floor(i / width) % height;
    return values[row]![i % width]![Math.floor(i / (height * width))]!;
  });
  return float32(data, [1, channels, height, width]);
}

/** Loss and gradient, each within a relative error of 1e-4. */
async function expectOracle(
  loss: (x: Tensor) => Tensor,
  at: NDArray<'float32'>,
  expectedLoss: number,
  expectedGradient: readonly (readonly (readonly number[])[])[],
): Promise<void> {
  const x = input('x', at.shape);
  const value = loss(x);
  const session = await compile({ value, gradient: grad(value, [x])[0]! });
  const found = await session.run({ x: at });
  await session.release();
  expect(Math.abs(Number(found.value.data[0]) / expectedLoss - 1)).toBeLessThanOrEqual(1e-4);
  const gradient = channelsFirst(expectedGradient).data;
  const largest = gradient.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
  gradient.forEach((slope, i) =>
    expect(Math.abs(Number(found.gradient.data[i]) - slope) / largest).toBeLessThanOrEqual(1e-4),
  );
}

async function evaluate(build: (x: Tensor) => Tensor, at: NDArray): Promise<NDArray> {
  const session = await compile({ result: build(input('x', at.shape)) }, { threads: 1 });
  try {
    return (await session.run({ x: at })).result;
  } finally {
    await session.release();
  }
}

async function value(build: (x: Tensor) => Tensor, at: NDArray): Promise<number> {
  return Number((await evaluate(build, at)).data[0]);
}

function normal(shape: readonly number[], seed: number): NDArray<'float32'> {
  const data = new Float32Array(shape.reduce((product, length) => product * length, 1));
  new Random(seed).fillNormal(data);
  return float32(data, shape);
}

describe('relative distance', () => {
  const target = float32([1, 2, 3, 4], [1, 2, 2]);
  const values = float32([1, 2, 3, 6, 5, 2, 3, 4], [2, 2, 2]);

  it('is the root mean square distance in its unit, averaged over pictures', async () => {
    const session = await compile(
      { y: relativeDistance(constant(target), input('x', [2, 2, 2]), 4) },
      { threads: 1 },
    );
    const { y } = await session.run({ x: values });
    await session.release();
    const each = [Math.sqrt(4 / 4 / 4 + 1e-4), Math.sqrt(16 / 4 / 4 + 1e-4)];
    expect(Number(y.data[0])).toBeCloseTo((each[0]! + each[1]!) / 2, 5);
  });

  it('has the gradient of finite differences, also at distance 0', async () => {
    await checkGradients((x) => relativeDistance(constant(target), x, 4), [values]);
    const x = input('x', [1, 2, 2]);
    const [slope] = grad(relativeDistance(constant(target), x, 4), [x]);
    const session = await compile({ slope: slope! }, { threads: 1 });
    expect([...(await session.run({ x: target })).slope.data]).toEqual([0, 0, 0, 0]);
    await session.release();
  });
});

describe('the loss of the range', () => {
  it('is 0 from black to white and grows with the square beyond', async () => {
    const at = async (levels: number[]): Promise<number> => {
      const session = await compile({ y: rangeLoss(input('x', [levels.length])) }, { threads: 1 });
      const { y } = await session.run({ x: float32(levels) });
      await session.release();
      return Number(y.data[0]);
    };
    expect(await at([0, 1, 100, 255])).toBe(0);
    expect(await at([255 + 127.5, 100])).toBeCloseTo(0.5, 5);
    expect(await at([-51])).toBeCloseTo(0.16, 5);
  });
});

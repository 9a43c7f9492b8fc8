import * as op from '@latentbrush/engine';
import { checkGradients, compile, float32, input, type NDArray, type Tensor } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { crop, type Picture } from '../../image/index.ts';
import { noise } from '../../image/testing/noise.ts';
import { fastLoss, measureTargets, type FastTargets } from './loss.ts';
import { SHIFT, shiftOfStep } from './position-shift.ts';
import { features, naiveGram, naiveVariation, sumOfSquares } from '../testing/naive-losses.ts';
import { tinyBackbone, tinyLayers, tinyPerception } from '../testing/tiny-perception.ts';

const perception = { ...tinyPerception(), styleScales: [1, 0.5] };
const style = noise(1, 3, 12, 9);
const contents = [noise(2, 3, 8, 8), noise(3, 3, 8, 8)];
const painted = [noise(4, 3, 8, 8), noise(5, 3, 8, 8)];
const weights = { contentWeight: 2, styleWeight: 30, colorWeight: 3, tvWeight: 0.05 };

const batchOf = (pictures: readonly Picture[]): NDArray<'float32'> => {
  const [{ height, width }] = pictures as [Picture];
  return float32(Float32Array.from(pictures.flatMap(({ data }) => [...data])), [
    pictures.length,
    3,
    height,
    width,
  ]);
};

const targets = (): Promise<FastTargets> =>
  measureTargets(perception, batchOf([style]), batchOf(contents), 1);

async function lossOf(
  of: readonly Picture[],
  as: readonly Picture[],
  changes = {},
  position = 0,
): Promise<Record<string, number>> {
  const [a, b] = [batchOf(of), batchOf(as)];
  const [x, y] = [input('contents', a.shape), input('painted', b.shape)];
  const terms = fastLoss(perception, await targets(), { ...weights, ...changes }, x, y);
  const session = await compile(terms, { threads: 1 });
  const found = await session.run({ contents: a, painted: b, [SHIFT]: shiftOfStep(position) });
  await session.release();
  return Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, Number(data[0])]));
}

/** Mean over pictures of the mean squared distance. */
async function meanDistance(
  measure: (picture: Picture) => Promise<NDArray>,
  pictures: readonly Picture[],
  from: (index: number) => Promise<NDArray>,
): Promise<number> {
  let sum = 0;
  for (const [index, each] of pictures.entries()) {
    const values = await measure(each);
    sum += sumOfSquares(values, await from(index)) / values.data.length;
  }
  return sum / pictures.length;
}

/** A picture's colours, scaled to -1..1, and ones. */
const colorsOf = ({ data, height, width }: Picture): NDArray =>
  float32(
    Float32Array.from([...data].map((value) => value / 127.5 - 1).concat(new Array(height * width).fill(1))),
    [1, 4, height, width],
  );
const styleNames = ['colors', 1, 0.5].flatMap((scale) =>
  typeof scale === 'string' ? scale : tinyLayers.styleLayers.map((layer) => `${layer} at ${scale}`),
);
const gramAt =
  (name: string) =>
  async (each: Picture): Promise<NDArray> => {
    if (name === 'colors') return naiveGram(colorsOf(each));
    const [layer = '', scale] = name.split(' at ');
    return naiveGram(await features(perception, layer, reduced(each, Number(scale))));
  };

// The mean of each square of 1 / scale pixels a side.
function reduced({ data, height, width }: Picture, scale: number): Picture {
  const side = 1 / scale;
  const to = { height: Math.floor(height / side), width: Math.floor(width / side) };
  const means = Float32Array.from({ length: 3 * to.height * to.width }, (_, i) => {
    const [plane, row, column] = [
      Math.floor(i / (to.height * to.width)),
      Math.floor(i / to.width) % to.height,
      i % to.width,
    ];
    let sum = 0;
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        sum += data[(plane * height + row * side + y) * width + column * side + x]!;
    return sum / side ** 2;
  });
  return { channels: 3, ...to, data: means };
}
const contentAt = (each: Picture): Promise<NDArray> => features(perception, 'conv_3', each);
const nothing = async (): Promise<NDArray> => {
  const { shape, data } = await contentAt(contents[0]!);
  return float32(new Float32Array(data.length), shape);
};

/** A Gram matrix divided by the strengths of its channels: the roots of the mean squares of style and contents together. */
async function balanced(layer: string, { data, shape }: NDArray): Promise<NDArray> {
  const [own, first, second] = await Promise.all([style, ...contents].map(gramAt(layer)));
  const channels = shape[1]!;
  const at = (gram: NDArray | undefined, i: number): number => Number(gram!.data[i * channels + i]);
  const strengths = Array.from(
    { length: channels },
    (_, i) => (at(own, i) + (at(first, i) + at(second, i)) / 2) / 2,
  );
  const least = 0.01 * (strengths.reduce((sum, value) => sum + value) / channels);
  const roots = strengths.map((value) => Math.sqrt(Math.max(value, least)));
  return float32(
    (data as Float32Array).map(
      (value, i) => value / (roots[Math.floor(i / channels)]! * roots[i % channels]!),
    ),
    shape,
  );
}

const balancedAt =
  (layer: string) =>
  async (each: Picture): Promise<NDArray> =>
    balanced(layer, await gramAt(layer)(each));

describe('the target of a fast style', () => {
  it('is Gram matrices of the style, with channels of equal strength, and distances of ordinary pictures as units', async () => {
    const { style: found, contentScale } = await targets();
    for (const layer of styleNames) {
      const { matrix, scale } = found.get(layer)!;
      const own = await balancedAt(layer)(style);
      own.data.forEach((value, i) => expect(Number(matrix.data[i])).toBeCloseTo(Number(value), 4));
      const expected = await meanDistance(balancedAt(layer), contents, () => Promise.resolve(own));
      expect(scale / expected).toBeCloseTo(1, 3);
    }
    expect(contentScale / (await meanDistance(contentAt, contents, nothing))).toBeCloseTo(1, 4);
  });

  it('has units also without distances: all pictures are the style, or a dead layer', async () => {
    const same = await measureTargets(perception, batchOf([style]), batchOf([style, style]), 1);
    for (const { scale } of same.style.values()) expect(scale).toBeGreaterThan(0);
    const dead = { ...perception, backbone: tinyBackbone({ bias: -1000 }) };
    const none = await measureTargets(dead, batchOf([style]), batchOf(contents), 1);
    expect(none.contentScale).toBe(1);
    for (const { factors } of none.style.values())
      expect((factors.data as Float32Array).every(Number.isFinite)).toBe(true);
  });
});

describe('the loss of a fast style', () => {
  it.each([0, 1, 2, 3])('follows its formulas for the activations, from position %i', async (position) => {
    const { style: found, contentScale } = await targets();
    const seen = (each: Picture): Picture => crop(each, position >> 1, position & 1, 7, 7);
    const losses = await lossOf(contents, painted, {}, position);
    const away = await meanDistance(contentAt, painted.map(seen), (index) =>
      contentAt(seen(contents[index]!)),
    );
    expect(losses.content! / ((2 * away) / contentScale)).toBeCloseTo(1, 4);
    let sum = 0;
    for (const layer of styleNames) {
      const { matrix, scale } = found.get(layer)!;
      for (const each of painted.map(seen)) {
        const gram = await balancedAt(layer)(each);
        const distance = Math.sqrt(sumOfSquares(gram, matrix) / gram.data.length / scale + 1e-4);
        sum += ((layer === 'colors' ? 3 : 1) * distance) / painted.length;
      }
    }
    expect(losses.style! / ((30 * sum) / (styleNames.length - 1 + 3))).toBeCloseTo(1, 3);
  });

  it('includes total variation and colours outside 0..255 of whole pictures', async () => {
    const wild = painted.map((each) => ({ ...each, data: each.data.map((value) => 2 * value - 100) }));
    const losses = await lossOf(contents, wild);
    const variation = wild.map((each) =>
      naiveVariation({ ...each, data: each.data.map((value) => value / 127.5) }),
    );
    expect(losses.variation! / ((0.05 * (variation[0]! + variation[1]!)) / (2 * 64))).toBeCloseTo(1, 4);
    const values = wild.flatMap(({ data }) => [...data]);
    const beyond = values.map((value) => Math.max(0, value - 255, -value) / 127.5);
    const expected = beyond.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    expect(losses.range! / (10 * expected)).toBeCloseTo(1, 4);
    expect((await lossOf(contents, painted)).range).toBe(0);
  });

  it('of unchanged pictures has a content term of 0 and nearly the full style term', async () => {
    const { content, style: ofStyle } = await lossOf(contents, contents);
    expect(content).toBe(0);
    expect(ofStyle).toBeGreaterThan(20);
    expect(ofStyle).toBeLessThan(40);
  });

  it('does not depend on how often a picture is in the batch', async () => {
    const [one, two] = [
      await lossOf([contents[0]!], [painted[0]!]),
      await lossOf([contents[0]!, contents[0]!], [painted[0]!, painted[0]!]),
    ];
    for (const [name, value] of Object.entries(one)) expect(two[name]).toBeCloseTo(value, 3);
  });

  it('depends only on the painted pictures: the gradient agrees with finite differences', async () => {
    const smooth = {
      ...tinyPerception({ backbone: tinyBackbone({ pooling: 'average', bias: 8 }), enlargement: 2 }),
      styleScales: [1, 0.5],
    };
    const small = [noise(6, 3, 4, 6), noise(7, 3, 4, 6)];
    const measured = await measureTargets(smooth, batchOf([style]), batchOf(small), 1);
    const base = batchOf(small);
    const at = batchOf([noise(8, 3, 4, 6), noise(9, 3, 4, 6)]);
    const build = (x: Tensor, shift: Tensor): Tensor[] => {
      const levels = op.mul(x, 127.5);
      return Object.values(fastLoss(smooth, measured, weights, op.constant(base), levels, shift));
    };
    await checkGradients(
      build,
      [
        float32(
          at.data.map((value) => value / 127.5),
          at.shape,
        ),
        shiftOfStep(2),
      ],
      { epsilon: 3e-3 },
    );
  });
});

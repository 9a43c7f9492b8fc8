import * as op from '@latentbrush/engine';
import { checkGradients, compile, float32, input, type NDArray, type Tensor } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import type { Picture } from '../image/index.ts';
import { noise } from '../image/testing/noise.ts';
import { fastLoss, measureTargets, type FastTargets } from './fast-objective.ts';
import { features, naiveGram, naiveVariation, sumOfSquares } from './testing/naive-losses.ts';
import { tinyBackbone, tinyLayers, tinyPerception } from './testing/tiny-perception.ts';

const perception = tinyPerception();
const style = noise(1, 3, 12, 9);
const contents = [noise(2, 3, 8, 8), noise(3, 3, 8, 8)];
const painted = [noise(4, 3, 8, 8), noise(5, 3, 8, 8)];
const weights = { contentWeight: 2, styleWeight: 30, tvWeight: 0.05 };

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
): Promise<Record<string, number>> {
  const [a, b] = [batchOf(of), batchOf(as)];
  const [x, y] = [input('contents', a.shape), input('painted', b.shape)];
  const terms = fastLoss(perception, await targets(), { ...weights, ...changes }, x, y);
  const session = await compile(terms, { threads: 1 });
  const found = await session.run({ contents: a, painted: b });
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

const gramAt =
  (layer: string) =>
  async (each: Picture): Promise<NDArray> =>
    naiveGram(await features(perception, layer, each));
const contentAt = (each: Picture): Promise<NDArray> => features(perception, 'conv_3', each);
const nothing = async (): Promise<NDArray> => {
  const { shape, data } = await contentAt(contents[0]!);
  return float32(new Float32Array(data.length), shape);
};

describe('what a fast style is trained towards', () => {
  it('are the Gram matrices of the style, and the distances of ordinary pictures as units', async () => {
    const { style: matrices, styleScale, contentScale } = await targets();
    for (const layer of tinyLayers.styleLayers) {
      const own = await gramAt(layer)(style);
      own.data.forEach((value, i) =>
        expect(Number(matrices.get(layer)!.data[i])).toBeCloseTo(Number(value), 4),
      );
      const expected = await meanDistance(gramAt(layer), contents, () => Promise.resolve(own));
      expect(styleScale.get(layer)! / expected).toBeCloseTo(1, 4);
    }
    expect(contentScale / (await meanDistance(contentAt, contents, nothing))).toBeCloseTo(1, 4);
  });

  it('has units also where there is nothing to measure: all pictures the style itself, or a dead layer', async () => {
    const same = await measureTargets(perception, batchOf([style]), batchOf([style, style]), 1);
    for (const scale of same.styleScale.values()) expect(scale).toBeGreaterThan(0);
    const dead = tinyPerception({ backbone: tinyBackbone({ bias: -1000 }) });
    const none = await measureTargets(dead, batchOf([style]), batchOf(contents), 1);
    expect(none.contentScale).toBe(1);
  });
});

describe('the loss of a fast style', () => {
  it('is what its formulas give for the activations', async () => {
    const { style: matrices, styleScale, contentScale } = await targets();
    const found = await lossOf(contents, painted);
    const away = await meanDistance(contentAt, painted, (index) => contentAt(contents[index]!));
    expect(found.content! / ((2 * away) / contentScale)).toBeCloseTo(1, 4);
    let sum = 0;
    for (const layer of tinyLayers.styleLayers)
      sum +=
        (await meanDistance(gramAt(layer), painted, () => Promise.resolve(matrices.get(layer)!))) /
        styleScale.get(layer)!;
    expect(found.style! / ((30 * sum) / 3)).toBeCloseTo(1, 4);
    const variation = painted.map((each) =>
      naiveVariation({ ...each, data: each.data.map((value) => value / 127.5) }),
    );
    expect(found.variation! / ((0.05 * (variation[0]! + variation[1]!)) / (2 * 64))).toBeCloseTo(1, 4);
  });

  it('of pictures left as they are has no content, and all of the style', async () => {
    const { content, style: ofStyle } = await lossOf(contents, contents);
    expect(content).toBe(0);
    expect(ofStyle).toBeCloseTo(30, 2);
  });

  it('does not depend on how many times a picture is in the batch', async () => {
    const [one, two] = [
      await lossOf([contents[0]!], [painted[0]!]),
      await lossOf([contents[0]!, contents[0]!], [painted[0]!, painted[0]!]),
    ];
    for (const [name, value] of Object.entries(one)) expect(two[name]! / value).toBeCloseTo(1, 4);
  });

  it('changes with the painted pictures only: the gradient is what finite differences show', async () => {
    const smooth = tinyPerception({
      backbone: tinyBackbone({ pooling: 'average', bias: 8 }),
      enlargement: 2,
    });
    const small = [noise(6, 3, 4, 6), noise(7, 3, 4, 6)];
    const measured = await measureTargets(smooth, batchOf([style]), batchOf(small), 1);
    const base = batchOf(small);
    const at = batchOf([noise(8, 3, 4, 6), noise(9, 3, 4, 6)]);
    const build = (x: Tensor): Tensor[] => {
      const levels = op.mul(x, 127.5);
      return Object.values(fastLoss(smooth, measured, weights, op.constant(base), levels));
    };
    await checkGradients(
      build,
      [
        float32(
          at.data.map((value) => value / 127.5),
          at.shape,
        ),
      ],
      { epsilon: 3e-3 },
    );
  });
});

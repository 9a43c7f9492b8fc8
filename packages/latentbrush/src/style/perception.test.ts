import {
  compile,
  float32,
  input,
  InputError,
  Random,
  resize,
  type NDArray,
  type Tensor,
} from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { smoothed } from './losses.ts';
import { gramsOf, perceive, perPosition, type Perception } from './perception.ts';
import { perceptionOf } from './presets.ts';
import { tinyBackbone, tinyLayers, tinyPerception } from './testing/tiny-perception.ts';

const shape = [1, 3, 8, 12];
const pictures = float32(colors(96 * 3), shape);

describe('perceptionOf', () => {
  const seen = { enlargement: 2, smoothing: 0.5 };

  it('uses the chosen layers, and the given way to compare them', () => {
    const backbone = tinyBackbone();
    expect(perceptionOf(backbone, tinyLayers, seen)).toEqual({ backbone, ...tinyLayers, ...seen });
  });

  it.each([
    [{ ...tinyLayers, contentLayer: 'conv_9' }, /layer "conv_9" does not exist in tiny; nearest: conv_/],
    [{ ...tinyLayers, styleLayers: ['conv_1', 'block1'] }, /layer "block1" does not exist in tiny/],
    [{ contentLayer: 'conv_1' }, /^option styleLayers: its default is not in tiny; name some of its layers, such as conv_1, conv_2/], // prettier-ignore
    [{ styleLayers: ['conv_1'] }, /^option contentLayer: its default is not in tiny; name some/],
  ])('refuses %j', (chosen, message) => {
    expect(() => perceptionOf(tinyBackbone(), chosen, seen)).toThrow(InputError);
    expect(() => perceptionOf(tinyBackbone(), chosen, seen)).toThrow(message);
  });
});

describe('perceive', () => {
  it('returns the features of the compared layers', async () => {
    const perception = tinyPerception();
    const { content, style, direct } = await evaluate((x) => {
      const seen = perceive(perception, x);
      return {
        content: seen.content,
        style: seen.style.get('conv_2')!,
        direct: perception.backbone.activations(x, ['conv_2']).get('conv_2')!,
      };
    });
    expect(content.shape).toEqual([1, 8, 4, 6]);
    expect(style.shape).toEqual([1, 6, 8, 12]);
    expect(style.data).toEqual(direct.data);
  });

  it('enlarges pictures first if the preset says so', async () => {
    const { content, direct } = await evaluate((x) => ({
      content: perceive(tinyPerception({ enlargement: 2 }), x).content,
      direct: perceive(tinyPerception(), resize(x, [16, 24], 'bilinear')).content,
    }));
    expect(content.shape).toEqual([1, 8, 8, 12]);
    expect(content.data).toEqual(direct.data);
  });

  it('smooths activations where asked, for content and style', async () => {
    const { content, style, direct } = await evaluate((x) => ({
      content: perceive(tinyPerception({ smoothing: 2 }), x).content,
      style: perceive(tinyPerception({ smoothing: 2 }), x).style.get('conv_3')!,
      direct: smoothed(perceive(tinyPerception(), x).content, 2),
    }));
    expect(content.data).toEqual(direct.data);
    expect(style.data).toEqual(direct.data);
  });
});

describe('gramsOf', () => {
  const perception = tinyPerception();

  it('are sums over positions, with their number', () => {
    const seen = perceive(perception, input('pictures', shape));
    const positions = [...gramsOf(seen)].map(([name, gram]) => [name, gram.matrix.shape, gram.positions]);
    expect(positions).toEqual([
      ['conv_1', [1, 4, 4], 96],
      ['conv_2', [1, 6, 6], 96],
      ['conv_3', [1, 8, 8], 24],
    ]);
  });

  it('per position do not depend on the size: a picture beside itself has the same, except at its seams', async () => {
    const flat = float32(new Float32Array(3 * 40 * 40).fill(200), [1, 3, 40, 40]);
    const wide = float32(new Float32Array(3 * 40 * 80).fill(200), [1, 3, 40, 80]);
    const small = await evaluate((x) => ({ gram: gramOf(perception, x) }), flat);
    const large = await evaluate((x) => ({ gram: gramOf(perception, x) }), wide);
    const scale = Math.max(...[...small.gram.data].map(Number));
    small.gram.data.forEach((value, i) =>
      expect(Math.abs(Number(large.gram.data[i]) - Number(value)) / scale).toBeLessThan(0.1),
    );
  });

  it('use only positions with weight: half a picture gives the same as that half alone', async () => {
    const left = (rows: number, columns: number): NDArray => half(rows, columns);
    const { masked, naive } = await evaluate((x) => {
      const seen = perceive(perception, x);
      const gram = gramsOf(seen, left).get('conv_3')!;
      return { masked: perPosition(gram), naive: seen.style.get('conv_3')! };
    });
    const [channels, height, width] = [8, 4, 6];
    const feature = (channel: number, row: number, column: number): number =>
      Number(naive.data[(channel * height + row) * width + column]);
    for (let a = 0; a < channels; a++) {
      for (let b = 0; b < channels; b++) {
        let sum = 0;
        for (let row = 0; row < height; row++)
          for (let column = 0; column < width / 2; column++)
            sum += feature(a, row, column) * feature(b, row, column);
        expect(masked.data[a * channels + b]).toBeCloseTo(sum / 12, 4);
      }
    }
  });

  it('with weights of 1 equal those without weights; with weights of 0 they are 0', async () => {
    const all = (value: number) => (rows: number, columns: number) =>
      float32(new Float32Array(rows * columns).fill(value), [1, 1, rows, columns]);
    const { plain, ones, none } = await evaluate((x) => {
      const seen = perceive(perception, x);
      const gram = (weight?: number): Tensor =>
        perPosition(gramsOf(seen, weight === undefined ? undefined : all(weight)).get('conv_2')!);
      return { plain: gram(), ones: gram(1), none: gram(0) };
    });
    ones.data.forEach((value, i) => expect(Number(value)).toBeCloseTo(Number(plain.data[i]), 5));
    expect(none.data.every((value) => value === 0)).toBe(true);
  });
});

function gramOf(perception: Perception, pictures: Tensor): Tensor {
  return perPosition(gramsOf(perceive(perception, pictures)).get('conv_2')!);
}

function half(rows: number, columns: number): NDArray {
  const weights = Float32Array.from({ length: rows * columns }, (_, i) =>
    i % columns < columns / 2 ? 1 : 0,
  );
  return float32(weights, [1, 1, rows, columns]);
}

async function evaluate<Name extends string>(
  build: (pictures: Tensor) => Record<Name, Tensor>,
  fed: NDArray = pictures,
): Promise<Record<Name, NDArray>> {
  const session = await compile(build(input('pictures', fed.shape)), { threads: 1 });
  try {
    return await session.run({ pictures: fed });
  } finally {
    await session.release();
  }
}

function colors(count: number): Float32Array {
  const values = new Float32Array(count);
  new Random(7).fillUniform(values, 0, 255);
  return values;
}

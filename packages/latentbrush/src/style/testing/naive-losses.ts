import { compile, float32, input, type NDArray } from '@latentbrush/engine';
import type { Picture } from '../../image/index.ts';
import type { Perception } from '../perception.ts';

/** The output of a layer for a picture, `[1, channels, height', width']`. */
export async function features(
  { backbone }: Pick<Perception, 'backbone'>,
  layer: string,
  { data, ...size }: Picture,
): Promise<NDArray> {
  const shape = [1, 3, size.height, size.width];
  const session = await compile(
    { layer: backbone.activations(input('picture', shape), [layer]).get(layer)! },
    { threads: 1 },
  );
  try {
    return (await session.run({ picture: float32(data, shape) })).layer;
  } finally {
    await session.release();
  }
}

/** Gram matrix by its definition, as the mean over positions, `[1, channels, channels]`. */
export function naiveGram({ data, shape }: NDArray): NDArray {
  const [, channels = 1, rows = 1, columns = 1] = shape;
  const positions = rows * columns;
  const gram = new Float32Array(channels * channels);
  for (let a = 0; a < channels; a++) {
    for (let b = 0; b < channels; b++) {
      let sum = 0;
      for (let i = 0; i < positions; i++)
        sum += Number(data[a * positions + i]) * Number(data[b * positions + i]);
      gram[a * channels + b] = sum / positions;
    }
  }
  return float32(gram, [1, channels, channels]);
}

/** Total variation by the book's formula. */
export function naiveVariation({ data, channels, ...size }: Picture): number {
  let sum = 0;
  for (let plane = 0; plane < channels; plane++) {
    for (let row = 0; row < size.height - 1; row++) {
      for (let column = 0; column < size.width - 1; column++) {
        const at = (plane * size.height + row) * size.width + column;
        sum += ((data[at]! - data[at + size.width]!) ** 2 + (data[at]! - data[at + 1]!) ** 2) ** 1.25;
      }
    }
  }
  return sum;
}

/** Σ (a - b)² */
export function sumOfSquares(a: NDArray, b: NDArray): number {
  return [...a.data].reduce<number>((sum, value, i) => sum + (Number(value) - Number(b.data[i])) ** 2, 0);
}

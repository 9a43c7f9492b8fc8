import {
  float32,
  grad,
  input,
  mul,
  Random,
  reduceSum,
  zeros,
  type NDArray,
  type Tensor,
} from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { DifferentiableAugmentation } from './augmentation.ts';
import { valuesOf } from './testing/values.ts';
import { wave } from './testing/wave.ts';

const [batch, size] = [3, 16];
const shape = [batch, 3, size, size];
const plane = size * size;
const augmentation = new DifferentiableAugmentation('augment', batch, size);

/** Pictures after the changes. */
async function augmented(
  pictures: NDArray,
  changes: Readonly<Record<string, NDArray>>,
): Promise<Float32Array> {
  const { y } = await valuesOf({ y: augmentation.apply(input('x', shape)) }, { x: pictures, ...changes });
  return y;
}

/** The changes that leave everything as it is. */
function unchanged(): Record<string, NDArray> {
  const each = (value: number): NDArray => float32(new Float32Array(batch).fill(value), [batch, 1, 1, 1]);
  const identity = Float32Array.from({ length: batch * plane }, (_, i) => {
    const place = i % plane;
    return Math.floor(place / size) === place % size ? 1 : 0;
  });
  return {
    'augment/brightness': each(0),
    'augment/saturation': each(1),
    'augment/contrast': each(1),
    'augment/rows': float32(identity, [batch, 1, size, size]),
    'augment/columns': float32(identity, [batch, 1, size, size]),
    'augment/kept': float32(new Float32Array(batch * plane).fill(1), [batch, 1, size, size]),
  };
}

const pictures = wave('pictures', shape, 0.8);
const first = (data: Float32Array): Float32Array => data.subarray(0, 3 * plane);

describe('each change by itself', () => {
  it('none does not change the pictures', async () => {
    expectClose(await augmented(pictures, unchanged()), pictures.data);
  });

  it('brightness is added', async () => {
    const brightness = float32([0.25, 0, 0], [batch, 1, 1, 1]);
    const found = await augmented(pictures, { ...unchanged(), 'augment/brightness': brightness });
    expectClose(
      found,
      pictures.data.map((value, i) => value + (i < 3 * plane ? 0.25 : 0)),
    );
  });

  it('saturation 0 makes grey, 2 doubles the distance from grey', async () => {
    const saturation = float32([0, 2, 1], [batch, 1, 1, 1]);
    const found = await augmented(pictures, { ...unchanged(), 'augment/saturation': saturation });
    for (const place of [0, 37, plane - 1]) {
      const grey = (picture: number): number =>
        [0, 1, 2].reduce((sum, channel) => sum + at(pictures.data, picture, channel, place), 0) / 3;
      for (const channel of [0, 1, 2]) {
        expect(at(found, 0, channel, place)).toBeCloseTo(grey(0), 5);
        const doubled = 2 * at(pictures.data, 1, channel, place) - grey(1);
        expect(at(found, 1, channel, place)).toBeCloseTo(doubled, 5);
        expect(at(found, 2, channel, place)).toBeCloseTo(at(pictures.data, 2, channel, place), 5);
      }
    }
  });

  it("contrast 0.5 halves the distance from the picture's mean", async () => {
    const contrast = float32([0.5, 1, 1], [batch, 1, 1, 1]);
    const found = await augmented(pictures, { ...unchanged(), 'augment/contrast': contrast });
    const middle = first(pictures.data).reduce((sum, value) => sum + value, 0) / (3 * plane);
    expectClose(
      first(found),
      first(pictures.data).map((value) => (value + middle) / 2),
    );
  });
});

/** Where a matrix takes rows or columns from: place i shows the old place i + shift. */
function shiftOf(matrices: NDArray, picture: number): number {
  const matrix = (matrices.data as Float32Array).subarray(picture * plane, (picture + 1) * plane);
  const place = matrix.indexOf(1);
  return (place % size) - Math.floor(place / size);
}

/** Zhao et al.'s DiffAugment, pixel by pixel, in float64. */
function reference(changes: Readonly<Record<string, NDArray>>): Float32Array {
  const result = new Float32Array(batch * 3 * plane);
  for (let picture = 0; picture < batch; picture++) {
    const drawn = (name: string): number => (changes[`augment/${name}`]!.data as Float32Array)[picture]!;
    const colored = new Float64Array(3 * plane);
    for (let place = 0; place < plane; place++) {
      const bright = [0, 1, 2].map(
        (channel) => at(pictures.data, picture, channel, place) + drawn('brightness'),
      );
      const grey = bright.reduce((sum, value) => sum + value, 0) / 3;
      bright.forEach(
        (value, channel) => (colored[channel * plane + place] = (value - grey) * drawn('saturation') + grey),
      );
    }
    const middle = colored.reduce((sum, value) => sum + value, 0) / (3 * plane);
    const [down, across] = [
      shiftOf(changes['augment/rows']!, picture),
      shiftOf(changes['augment/columns']!, picture),
    ];
    for (let i = 0; i < 3 * plane; i++) {
      const [channel, place] = [Math.floor(i / plane), i % plane];
      const [row, column] = [Math.floor(place / size) + down, (place % size) + across];
      const inside = row >= 0 && row < size && column >= 0 && column < size;
      const kept = (changes['augment/kept']!.data as Float32Array)[picture * plane + place]!;
      const value = inside
        ? (colored[channel * plane + row * size + column]! - middle) * drawn('contrast') + middle
        : 0;
      result[picture * 3 * plane + i] = kept * value;
    }
  }
  return result;
}

describe('all changes together', () => {
  it.each([1, 2, 3])('are those of the paper, pixel by pixel (draw %i)', async (seed) => {
    const changes = augmentation.draw(new Random(seed));
    expectClose(await augmented(pictures, changes), reference(changes));
  });

  it('pass gradients: they are affine, so one difference in any direction is exactly their slope', async () => {
    const changes = augmentation.draw(new Random(5));
    const x = input('x', shape);
    const loss = (y: Tensor): Tensor => reduceSum(mul(y, input('weights', shape)));
    const [slope] = grad(loss(augmentation.apply(x)), [x]);
    const feeds = { x: pictures, weights: wave('weights', shape), ...changes };
    const { found } = await valuesOf({ found: slope! }, feeds);
    const direction = wave('direction', shape);
    const there = float32(
      pictures.data.map((value, i) => value + direction.data[i]!),
      shape,
    );
    const [before, after] = [await augmented(pictures, changes), await augmented(there, changes)];
    const difference = after.reduce(
      (sum, value, i) => sum + (value - before[i]!) * feeds.weights.data[i]!,
      0,
    );
    const predicted = found.reduce((sum, value, i) => sum + value * direction.data[i]!, 0);
    expect(Math.abs(difference)).toBeGreaterThan(1);
    expect(predicted / difference).toBeCloseTo(1, 3);
  });

  it('pass no gradient where pixels were cut out', async () => {
    const x = input('x', shape);
    const [slope] = grad(reduceSum(augmentation.apply(x)), [x]);
    const kept = float32(new Float32Array(batch * plane), [batch, 1, size, size]);
    const { found } = await valuesOf(
      { found: slope! },
      { x: pictures, ...unchanged(), 'augment/kept': kept },
    );
    expect(new Set(found)).toEqual(new Set([0]));
  });
});

describe('random changes', () => {
  const draws = Array.from({ length: 200 }, (_, seed) => augmentation.draw(new Random(seed)));
  const all = (name: string): number[] =>
    draws.flatMap((drawn) => [...(drawn[`augment/${name}`]!.data as Float32Array)]);

  it.each([
    ['brightness', -0.5, 0.5],
    ['saturation', 0, 2],
    ['contrast', 0.5, 1.5],
  ])('%s lies anywhere from %f to %f', (name, low, high) => {
    const values = all(name);
    const reach = (high - low) / 20;
    expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
    expect(Math.min(...values)).toBeLessThan(low + reach);
    expect(Math.max(...values)).toBeLessThanOrEqual(high);
    expect(Math.max(...values)).toBeGreaterThan(high - reach);
  });

  it.each(['rows', 'columns'])('%s move by up to an eighth of the side, both ways', (name) => {
    const shifts = draws.flatMap((drawn) =>
      Array.from({ length: batch }, (_, picture) => shiftOf(drawn[`augment/${name}`]!, picture)),
    );
    expect([...new Set(shifts)].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
  });

  it('a square of half the side is cut out, possibly partly outside', () => {
    const areas = draws.flatMap((drawn) =>
      Array.from({ length: batch }, (_, picture) => {
        const kept = (drawn['augment/kept']!.data as Float32Array).subarray(
          picture * plane,
          (picture + 1) * plane,
        );
        return kept.reduce((count, value) => count + (value === 0 ? 1 : 0), 0);
      }),
    );
    expect(Math.max(...areas)).toBe(8 * 8);
    expect(Math.min(...areas)).toBeGreaterThanOrEqual(4 * 4);
    expect(Math.min(...areas)).toBeLessThan(5 * 5);
  });

  it('each picture is changed differently, and the same seed gives the same changes', () => {
    const [drawn, again] = [augmentation.draw(new Random(7)), augmentation.draw(new Random(7))];
    expect(again).toEqual(drawn);
    expect(new Set(drawn['augment/contrast']!.data as Float32Array).size).toBe(batch);
  });
});

it('grey pictures have no saturation to change', async () => {
  const grey = input('x', [batch, 1, size, size]);
  const changes = { ...unchanged(), 'augment/saturation': zeros([batch, 1, 1, 1], 'float32') };
  const x = wave('grey', [batch, 1, size, size]);
  const { y } = await valuesOf({ y: augmentation.apply(grey) }, { x, ...changes });
  expectClose(y, x.data);
});

function at(data: Float32Array, picture: number, channel: number, place: number): number {
  return data[(picture * 3 + channel) * plane + place]!;
}

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual).toHaveLength(expected.length);
  const furthest = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  expect(furthest).toBeLessThan(1e-5);
}

import { Random } from '@latentbrush/engine';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageDataset, type ImageDataset } from './image-dataset.ts';
import { PictureBatches } from './picture-batches.ts';

/** Pictures of one channel and 2x2 pixels; all pixels of picture n are n. */
function numbered(count: number): ImageDataset {
  const pixels = Uint8Array.from({ length: 4 * count }, (_, i) => Math.floor(i / 4));
  const shape = { channels: 1, height: 2, width: 2 } as const;
  return imageDataset({ name: 'numbers', origin: 'here', ...shape, pixels, labels: undefined, captions: undefined, skipped: [] }, 'numbers'); // prettier-ignore
}

const random = new Random(9);

describe('PictureBatches', () => {
  it('gives float32 [batch, channels, height, width], 0 to 1 or in the given range', () => {
    const pixels = Uint8Array.of(0, 51, 255, 0, 0, 0, 0, 0, 0, 0, 0, 102);
    const one = { ...numbered(1), channels: 3, pixels } as const;
    const { data, shape, dtype } = new PictureBatches(one, { batchSize: 2, random }).at(0);
    expect([dtype, shape]).toEqual(['float32', [2, 3, 2, 2]]);
    expect(data).toEqual(Float32Array.of(...[0, 0.2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0.4], ...[0, 0.2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0.4])); // prettier-ignore
    const signed = new PictureBatches(one, { batchSize: 1, random, range: [-1, 1] }).at(0);
    expect(signed.data.subarray(0, 4)).toEqual(Float32Array.of(-1, -0.6, 1, -1));
  });

  it('gives each picture once in each epoch, in another order', () => {
    const sizes = fc.record({
      count: fc.integer({ min: 1, max: 40 }),
      batchSize: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(sizes, fc.nat(1000), ({ count, batchSize }, seed) => {
        const batches = new PictureBatches(numbered(count), { batchSize, random: new Random(seed) });
        const steps = Math.ceil((3 * count) / batchSize);
        const stream = Array.from({ length: steps }, (_, step) => [...batches.indices(step)]).flat();
        for (let epoch = 0; epoch < 3; epoch++) {
          const seen = stream.slice(epoch * count, (epoch + 1) * count);
          expect(seen.sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
        }
      }),
    );
    const batches = new PictureBatches(numbered(50), { batchSize: 50, random });
    expect([...batches.indices(0)]).not.toEqual([...batches.indices(1)]);
    expect([...batches.indices(0)]).not.toEqual([...Array(50).keys()]);
  });

  it('fills a batch with the pictures of its indices', () => {
    const batches = new PictureBatches(numbered(30), { batchSize: 7, random });
    for (const step of [0, 3, 4, 9]) {
      const { data } = batches.at(step);
      const seen = Array.from({ length: 7 }, (_, row) => Math.round(data[4 * row]! * 255));
      expect(seen).toEqual([...batches.indices(step)]);
    }
  });

  it('gives the same batch for the same step, so that a training can continue from any step', () => {
    const options = { batchSize: 6, random: new Random(4), flip: true, shift: 1, color: 0.3 };
    const inOrder = new PictureBatches(numbered(10), options);
    const all = Array.from({ length: 12 }, (_, step) => inOrder.at(step).data);
    const resumed = new PictureBatches(numbered(10), options);
    for (const step of [11, 0, 5, 5, 8]) expect(resumed.at(step).data).toEqual(all[step]);
    const other = new PictureBatches(numbered(10), { ...options, random: new Random(5) });
    expect(other.at(3).data).not.toEqual(all[3]);
  });

  it('does not change the random generator that it gets', () => {
    const given = new Random(1);
    const before = given.state();
    new PictureBatches(numbered(10), { batchSize: 4, random: given, flip: true }).at(3);
    expect(given.state()).toEqual(before);
  });

  it('keeps the order of the data set when asked', () => {
    const batches = new PictureBatches(numbered(5), { batchSize: 3, random, shuffle: false });
    expect([0, 1].map((step) => [...batches.indices(step)])).toEqual([[0, 1, 2], [3, 4, 0]]); // prettier-ignore
    expect(batches.perEpoch).toBe(2);
  });

  it('writes into a given array', () => {
    const batches = new PictureBatches(numbered(5), { batchSize: 3, random });
    const target = new Float32Array(12);
    expect(batches.at(1, target).data).toBe(target);
    expect(target).toEqual(batches.at(1).data);
    expect(() => batches.at(1, new Float32Array(11))).toThrow(/the target has 11 values; 12 are needed/);
  });

  it.each([
    [{ batchSize: 0 }, /^batchSize: 0 was given; a whole number of pictures, at least 1, is needed$/],
    [{ batchSize: 2.5 }, /^batchSize: 2.5 was given/],
    [{ batchSize: 1, shift: 2 }, /^shift: 2 was given; a whole number of pixels from 0 to 1 is needed$/],
    [{ batchSize: 1, shift: -1 }, /^shift: -1/],
    [{ batchSize: 1, color: 1.5 }, /^color: 1.5 was given; a number from 0 to 1 is needed$/],
    [{ batchSize: 1, color: Number.NaN }, /^color: NaN/],
  ])('refuses %o', (options, message) => {
    expect(() => new PictureBatches(numbered(3), { random, ...options })).toThrow(message);
  });
});

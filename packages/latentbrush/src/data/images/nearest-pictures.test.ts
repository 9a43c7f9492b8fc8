import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { picture } from '../../image/index.ts';
import { imageDataset, pictureAt } from './image-dataset.ts';
import { nearestPictures } from './nearest-pictures.ts';

const nothing = { origin: '', labels: undefined, captions: undefined, skipped: [] };

/** Four pictures of 2x1 in grey: (0, 0), (100, 0), (100, 100), (255, 255). */
const four = imageDataset(
  {
    ...nothing,
    name: 'four',
    channels: 1,
    height: 1,
    width: 2,
    pixels: Uint8Array.of(0, 0, 100, 0, 100, 100, 255, 255),
  },
  'four',
);

describe('nearestPictures', () => {
  it('returns the nearest first, with the root mean square of the differences', () => {
    const near = nearestPictures(four, picture(1, 1, 2, Float32Array.of(90, 20)), 3);
    expect(near.map(({ index }) => index)).toEqual([1, 2, 0]);
    expect(near[0]!.distance).toBeCloseTo(Math.sqrt((10 ** 2 + 20 ** 2) / 2), 10);
  });

  it('finds each picture of the data set itself, at distance 0', () => {
    for (const index of [0, 1, 2, 3])
      expect(nearestPictures(four, pictureAt(four, index), 1)).toEqual([{ index, distance: 0 }]);
  });

  it('among pictures equally far, the first comes first', () => {
    const near = nearestPictures(four, picture(1, 1, 2, Float32Array.of(50, 0)), 2);
    expect(near.map(({ index }) => index)).toEqual([0, 1]);
  });

  it('returns all of them when more are requested, and none for 0', () => {
    expect(nearestPictures(four, picture(1, 1, 2), 9)).toHaveLength(4);
    expect(nearestPictures(four, picture(1, 1, 2), 0)).toEqual([]);
  });

  it.each([
    ['size', picture(1, 2, 2)],
    ['number of channels', picture(3, 1, 2)],
  ])('refuses a picture of another %s', (_, wrong) => {
    expect(() => nearestPictures(four, wrong, 1)).toThrow(InputError);
    expect(() => nearestPictures(four, wrong, 1)).toThrow(/four: its pictures are 2x1/);
  });
});

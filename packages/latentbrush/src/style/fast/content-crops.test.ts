import { InputError, Random } from '@latentbrush/engine';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { picture, type Picture } from '../../image/index.ts';
import { noise } from '../../image/testing/noise.ts';
import { ContentCrops } from './content-crops.ts';
import { PairCrops } from './pair-crops.ts';

const SIZE = 16;

function cropsOf(...pictures: readonly Picture[]): ContentCrops {
  const crops = new ContentCrops(SIZE);
  for (const each of pictures) crops.add(each);
  return crops;
}

/** One crop of each of many draws, as `[3, size, size]`. */
function draws(crops: ContentCrops, count = 60): Float32Array[] {
  const { data } = crops.draw(new Random(1), count);
  const length = 3 * SIZE * SIZE;
  return Array.from({ length: count }, (_, index) => data.slice(index * length, (index + 1) * length));
}

/** Rows from 0 at the top to 250 below; the channels differ from each other. */
function ramp(height: number, width: number): Picture {
  const size = height * width;
  const data = Float32Array.from(
    { length: 3 * size },
    (_, i) => (200 * (i % width)) / width + 20 * Math.floor(i / size),
  );
  return picture(3, height, width, data);
}

describe('crops of contents', () => {
  it('are of the size, the same for the same seed, others for another', () => {
    const crops = cropsOf(noise(1, 3, 40, 30), noise(2, 3, 20, 20));
    const drawn = crops.draw(new Random(5), 6);
    expect(drawn.shape).toEqual([6, 3, SIZE, SIZE]);
    expect(crops.draw(new Random(5), 6)).toEqual(drawn);
    expect(crops.draw(new Random(6), 6)).not.toEqual(drawn);
  });

  const sizes = fc.record({
    channels: fc.constantFrom<1 | 3>(1, 3),
    height: fc.integer({ min: 1, max: 90 }),
    width: fc.integer({ min: 1, max: 90 }),
    seed: fc.nat(),
  });

  it('come from pictures of any size and shape, and stay within 0..255', () => {
    fc.assert(
      fc.property(sizes, ({ channels, height, width, seed }) => {
        // Only black and white, where filters overshoot most.
        const sharp = noise(seed, channels, height, width);
        const crops = cropsOf({ ...sharp, data: sharp.data.map((value) => (value < 127 ? 0 : 255)) });
        const { data } = crops.draw(new Random(seed), 4);
        expect(data.every((value) => value >= 0 && value <= 255)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('keep neighbouring pixels: some small and some large, some mirrored', () => {
    const found = draws(cropsOf(ramp(2 * SIZE, 2 * SIZE)));
    const middle = 8 * SIZE;
    const slopes = found.map((cut) => (cut[middle + SIZE - 2]! - cut[middle + 1]!) / (SIZE - 3));
    const turned = slopes.filter((slope) => slope < 0).length;
    expect(turned).toBeGreaterThan(15);
    expect(turned).toBeLessThan(45);
    // 200 levels over 32 pixels: 6.25 a pixel in a crop of 16, twice as steep in one of 32 made small
    const steepness = slopes.map(Math.abs);
    expect(Math.min(...steepness)).toBeLessThan(7);
    expect(Math.max(...steepness)).toBeGreaterThan(11);
    expect(Math.max(...steepness)).toBeLessThan(13);
    for (const cut of found) expect(cut[SIZE * SIZE + middle]! - cut[middle]!).toBeCloseTo(20, -0.5); // green over red
  });

  it('come from all over the picture', () => {
    const found = draws(cropsOf(ramp(SIZE, 3 * SIZE)), 100);
    const means = found.map(
      (cut) => cut.slice(0, SIZE * SIZE).reduce((sum, value) => sum + value, 0) / SIZE ** 2,
    );
    expect(Math.min(...means)).toBeLessThan(45);
    expect(Math.max(...means)).toBeGreaterThan(155);
  });

  it('come from the middle of a very long picture', () => {
    const found = draws(cropsOf(ramp(SIZE, 40 * SIZE)), 100);
    const red = found.flatMap((cut) => [...cut.subarray(0, SIZE * SIZE)]);
    expect(Math.min(...red)).toBeGreaterThanOrEqual(88); // 200 · (18 of 40)
    expect(Math.max(...red)).toBeLessThanOrEqual(112);
  });

  it('come from each of the pictures', () => {
    const flat = (value: number): Picture => picture(3, 20, 20, new Float32Array(1200).fill(value));
    const found = draws(cropsOf(flat(10), flat(100), flat(200)));
    expect(new Set(found.map((cut) => cut[0]))).toEqual(new Set([10, 100, 200]));
  });

  it('of a grey picture are grey', () => {
    const [cut] = draws(cropsOf(noise(3, 1, 30, 30)));
    expect(cut!.slice(0, SIZE * SIZE)).toEqual(cut!.slice(2 * SIZE * SIZE));
  });

  it('store a huge picture small: as bytes, the shorter side at most twice the crops', () => {
    const crops = cropsOf(noise(1, 3, 300, 600));
    expect(crops.bytes).toBe(3 * 32 * 64);
    crops.add(noise(1, 3, 5, 5));
    expect(crops.bytes).toBe(3 * 32 * 64 + 3 * SIZE * SIZE);
    expect(crops.count).toBe(2);
  });

  it('need pictures', () => {
    expect(() => cropsOf().draw(new Random(1), 1)).toThrow(InputError);
  });
});

describe('crops of pairs', () => {
  const content = noise(4, 3, 30, 44);
  /** Painted is the content, 50 levels brighter at half the contrast. */
  const painted: Picture = { ...content, data: content.data.map((value) => value / 2 + 50) };

  it('have the same place, scale and mirroring in both', () => {
    const crops = new PairCrops(SIZE);
    crops.add({ content, painted });
    const drawn = crops.draw(new Random(2), 8);
    expect(drawn.contents.shape).toEqual([8, 3, SIZE, SIZE]);
    drawn.contents.data.forEach((value, i) => {
      // One level of rounding each; filters overshoot, and only the content is clipped at black and white.
      if (value > 1 && value < 254)
        expect(Math.abs(drawn.painted.data[i]! - (value / 2 + 50))).toBeLessThan(2);
    });
    expect(crops.draw(new Random(2), 8)).toEqual(drawn);
    expect(crops.draw(new Random(3), 8)).not.toEqual(drawn);
  });

  it('resize the content to the size of the painting', () => {
    const crops = new PairCrops(SIZE);
    crops.add({ content: noise(5, 1, 60, 89), painted }); // half the size, rounded; grey
    expect(crops.count).toBe(1);
    expect(crops.bytes).toBe(2 * 3 * 30 * 44);
  });

  it('refuse pictures that are no pair', () => {
    const crops = new PairCrops(SIZE);
    expect(() => crops.add({ content, painted: noise(1, 3, 44, 30) })).toThrow(InputError);
    expect(() => crops.add({ content, painted: noise(1, 3, 44, 30) })).toThrow(
      'pair 1: the content is 44x30 and the painted picture 30x44, with other proportions; give the picture that was painted',
    );
    expect(() => crops.draw(new Random(1), 1)).toThrow(/no pairs to learn from/);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { picture, type Picture } from '../../image/index.ts';
import { noise } from '../../image/testing/noise.ts';
import { enlarged, pyramidLevels, withBorder, withoutBorder } from './pyramid.ts';

describe('pyramidLevels', () => {
  const sizes = fc.record({
    height: fc.integer({ min: 16, max: 8192 }),
    width: fc.integer({ min: 1, max: 20_000 }),
    levels: fc.integer({ min: 1, max: 8 }),
    rounds: fc.integer({ min: 1, max: 200 }),
  });

  it('leads from coarse to fine, each size twice the one before, and ends at the requested size', () => {
    fc.assert(
      fc.property(sizes, ({ height, width, levels, rounds }) => {
        const found = pyramidLevels(height, width, levels, rounds);
        expect(found.at(-1)).toMatchObject({ height, width });
        expect(found.length).toBeLessThanOrEqual(levels);
        found.toReversed().forEach((level, index) => {
          expect(Math.abs(level.height - height / 2 ** index)).toBeLessThanOrEqual(0.5);
          expect(Math.abs(level.width - width / 2 ** index)).toBeLessThanOrEqual(0.5);
        });
      }),
    );
  });

  it('distributes all rounds, at least one to each size, most to the coarsest', () => {
    fc.assert(
      fc.property(sizes, ({ height, width, levels, rounds }) => {
        const shares = pyramidLevels(height, width, levels, rounds).map((level) => level.rounds);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(rounds);
        for (const share of shares) expect(share).toBeGreaterThanOrEqual(1);
        expect(shares[0]).toBe(Math.max(...shares));
      }),
    );
  });

  it('leaves out only sizes that are too small', () => {
    fc.assert(
      fc.property(sizes, ({ height, width, levels, rounds }) => {
        const found = pyramidLevels(height, width, levels, rounds);
        const [coarsest] = found;
        if (found.length > 1) expect(Math.min(coarsest!.height, coarsest!.width)).toBeGreaterThanOrEqual(64);
        if (found.length < Math.min(levels, rounds))
          expect(Math.min(height, width) / 2 ** found.length).toBeLessThan(64);
      }),
    );
  });

  it('for example', () => {
    expect(pyramidLevels(400, 600, 3, 20)).toEqual([
      { height: 100, width: 150, rounds: 8 },
      { height: 200, width: 300, rounds: 6 },
      { height: 400, width: 600, rounds: 6 },
    ]);
    expect(pyramidLevels(100, 600, 3, 20)).toEqual([{ height: 100, width: 600, rounds: 20 }]);
  });
});

describe('a border', () => {
  it('is the mirror image, without repeating the outermost pixels', () => {
    const row = picture(1, 1, 4, Float32Array.of(1, 2, 3, 4));
    expect([...withBorder(row, 2).data.slice(0, 8)]).toEqual([3, 2, 1, 2, 3, 4, 3, 2]);
    const square = picture(1, 2, 2, Float32Array.of(1, 2, 3, 4));
    expect([...withBorder(square, 1).data]).toEqual([4, 3, 4, 3, 2, 1, 2, 1, 4, 3, 4, 3, 2, 1, 2, 1]);
  });

  const pictures = fc
    .record({
      seed: fc.nat(),
      channels: fc.constantFrom<1 | 3>(1, 3),
      height: fc.integer({ min: 1, max: 9 }),
      width: fc.integer({ min: 1, max: 9 }),
    })
    .map(({ seed, channels, height, width }): Picture => noise(seed, channels, height, width));

  it('is cropped off again, also if it is wider than the picture', () => {
    fc.assert(
      fc.property(pictures, fc.integer({ min: 0, max: 25 }), (source, border) => {
        const bordered = withBorder(source, border);
        expect(bordered).toMatchObject({
          height: source.height + 2 * border,
          width: source.width + 2 * border,
        });
        expect(withoutBorder(bordered, border)).toEqual(source);
      }),
    );
  });

  it('continues the picture: two borders in turn equal one border', () => {
    fc.assert(
      fc.property(pictures, (source) => {
        fc.pre(source.height > 3 && source.width > 3);
        expect(withBorder(source, 3)).toEqual(withoutBorder(withBorder(source, 5), 2));
      }),
    );
  });
});

describe('enlarged', () => {
  it('has the given size, and clips the overshoot of the filter', () => {
    const edge = picture(1, 1, 8, Float32Array.of(0, 0, 0, 0, 255, 255, 255, 255));
    const { height, width, data } = enlarged(edge, 2, 32);
    expect([height, width]).toEqual([2, 32]);
    expect(data.every((value) => value >= 0 && value <= 255)).toBe(true);
    expect(data[0]).toBe(0);
    expect(data[31]).toBe(255);
  });
});

import { describe, expect, it } from 'vitest';
import { drawText, textWidth } from './bitmap-font.ts';
import { montage } from './montage.ts';
import { picture, type Picture } from '../picture.ts';

function flat(value: number, height = 2, width = 3): Picture {
  const result = picture(1, height, width);
  result.data.fill(value);
  return result;
}

/** The red plane as rows of numbers. */
function reds({ height, width, data }: Picture): number[][] {
  return Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)]);
}

const black = [0, 0, 0] as const;

describe('montage', () => {
  it('lays tiles in rows, with a gap between and around them', () => {
    expect(reds(montage([flat(1), flat(2), flat(3)], { columns: 2, gap: 1, background: [9, 9, 9] }))).toEqual(
      [
        [9, 9, 9, 9, 9, 9, 9, 9, 9],
        [9, 1, 1, 1, 9, 2, 2, 2, 9],
        [9, 1, 1, 1, 9, 2, 2, 2, 9],
        [9, 9, 9, 9, 9, 9, 9, 9, 9],
        [9, 3, 3, 3, 9, 9, 9, 9, 9],
        [9, 3, 3, 3, 9, 9, 9, 9, 9],
        [9, 9, 9, 9, 9, 9, 9, 9, 9],
      ],
    );
  });

  it('is as square as possible without a number of columns', () => {
    const tiles = Array.from({ length: 7 }, () => flat(1, 10, 10));
    expect(montage(tiles, { gap: 0 })).toMatchObject({ height: 30, width: 30 });
  });

  it('centres smaller pictures in their cell', () => {
    expect(reds(montage([flat(1, 1, 1), flat(2, 3, 3)], { gap: 0, background: black }))).toEqual([
      [0, 0, 0, 2, 2, 2],
      [0, 1, 0, 2, 2, 2],
      [0, 0, 0, 2, 2, 2],
    ]);
  });

  it('enlarges by repeating pixels', () => {
    const tile = picture(1, 1, 2, Float32Array.of(5, 6));
    expect(reds(montage([tile], { gap: 0, scale: 2 }))).toEqual([
      [5, 5, 6, 6],
      [5, 5, 6, 6],
    ]);
  });

  it('keeps colours beside grey tiles', () => {
    const found = montage([picture(3, 1, 1, Float32Array.of(10, 20, 30)), flat(7, 1, 1)], { gap: 0 });
    expect([...found.data]).toEqual([10, 7, 20, 7, 30, 7]);
  });

  it('draws each label centred under its tile', () => {
    const label = 'cat 1';
    const found = montage([flat(50, 8, 60), flat(60, 8, 60)], {
      labels: [label, ''],
      gap: 0,
      background: black,
    });
    expect(found).toMatchObject({ height: 8 + 5 + 11, width: 120 });
    const expected = picture(3, 24, 120);
    drawText(expected, label, 13, Math.floor((60 - textWidth(label)) / 2), [215, 215, 215]);
    expect(reds(found).slice(8)).toEqual(reds(expected).slice(8));
  });

  it('gives a row the space that its longest label needs, and none without labels', () => {
    const tiles = [flat(1, 8, 30), flat(2, 8, 30), flat(3, 8, 30)];
    const height = (labels: string[]): number => montage(tiles, { columns: 1, gap: 0, labels }).height;
    expect(height(['', '', ''])).toBe(24);
    expect(height(['one', '', ''])).toBe(24 + 16);
    expect(height(['one', 'one two', ''])).toBe(24 + 16 + 27);
  });

  it('writes dark on a light background and light on a dark one', () => {
    const ink = (background: readonly [number, number, number]): number => {
      const [label] = reds(montage([flat(0, 1, 20)], { labels: ['H'], gap: 0, background })).slice(1 + 5);
      return label!.find((value) => value !== background[0])!;
    };
    expect(ink([250, 250, 250])).toBeLessThan(100);
    expect(ink([10, 10, 10])).toBeGreaterThan(150);
  });

  it.each([
    ['no pictures', [], {}, 'there are no pictures'],
    ['too few labels', [flat(1), flat(2)], { labels: ['a'] }, '1 label was given for 2 pictures'],
    ['no columns', [flat(1)], { columns: 0 }, 'columns 0 was given; a whole number of at least 1'],
    ['a negative gap', [flat(1)], { gap: -1 }, 'gap -1 was given'],
    ['a fractional scale', [flat(1)], { scale: 1.5 }, 'scale 1.5 was given'],
    ['a size beyond memory', [flat(1)], { scale: 10_000 }, 'at most 268435456 are possible'],
  ])('refuses %s', (_, pictures, options, message) => {
    expect(() => montage(pictures, options)).toThrow(message);
  });
});

import { describe, expect, it } from 'vitest';
import type { Picture } from '../image/index.ts';
import { scatter } from './scatter.ts';

const PAPER = [250, 250, 250];
const BLUE = [31, 119, 180];
const ORANGE = [255, 127, 14];

function colorAt({ data, height, width }: Picture, row: number, column: number): number[] {
  return [0, 1, 2].map((channel) => data[channel * height * width + row * width + column]!);
}

/** Half of a colour on paper. */
const half = (color: readonly number[]): number[] => color.map((value, i) => (value + PAPER[i]!) / 2);

describe('scatter', () => {
  it('plots x to the right and y upwards, both on one scale, the wider one from margin to margin', () => {
    const map = scatter(
      [
        [0, 0],
        [10, 0],
        [10, 5],
      ],
      { size: 248 },
    );
    expect([map.channels, map.height, map.width]).toEqual([3, 248, 248]);
    // 200 pixels between the margins of 24 for 10; the height of 5 is centred
    expect(colorAt(map, 174, 24)).toEqual(half(BLUE));
    expect(colorAt(map, 174, 224)).toEqual(half(BLUE));
    expect(colorAt(map, 74, 224)).toEqual(half(BLUE));
    expect(colorAt(map, 74, 24)).toEqual(PAPER);
    expect(colorAt(map, 174, 24 + 5)).toEqual(PAPER); // a dot has a radius of 4
  });

  it('draws each class in its colour, in the order of numbers and letters, with a legend', () => {
    const points = [
      [0, 0],
      [1, 1],
    ] as const;
    const map = scatter(points, { labels: ['10', '9'], size: 248 });
    expect(map.width).toBeGreaterThan(248);
    expect(colorAt(map, 224, 24)).toEqual(half(ORANGE)); // '10' after '9'
    expect(colorAt(map, 24, 224)).toEqual(half(BLUE));
    const [first, second] = [0, 1].map((row) => colorAt(map, 24 + 9 + row * 22, 248 + 8));
    expect([first, second]).toEqual([BLUE, ORANGE]);
    const inked = (top: number): number =>
      Array.from({ length: 18 * 40 }, (_, i) =>
        colorAt(map, top + Math.floor(i / 40), 248 + 24 + (i % 40)),
      ).filter(([red]) => red! < 100).length;
    expect(inked(24)).toBeGreaterThan(20); // the name '9'
    expect(inked(46)).toBeGreaterThan(inked(24)); // '10' has more strokes
  });

  it('draws dense regions darker than single points', () => {
    const crowd = scatter(
      [
        [0, 0],
        [0, 0],
        [0, 0],
        [1, 1],
      ],
      { size: 248 },
    );
    expect(colorAt(crowd, 224, 24)[0]).toBeLessThan(colorAt(crowd, 24, 224)[0]!);
  });

  it('names at most twenty classes', () => {
    const labels = Array.from({ length: 30 }, (_, i) => `class ${i}`);
    const map = scatter(
      labels.map((_, i) => [i, i]),
      { labels, size: 600 },
    );
    const legendDots = Array.from({ length: 600 }, (_, row) => colorAt(map, row, 608)).filter(
      (color) => String(color) === String(BLUE),
    );
    expect(legendDots.length).toBe(2 * 13); // classes 0 and 10, each a dot of radius 6
  });

  it('draws one point, or many at one place, in the middle', () => {
    expect(colorAt(scatter([[3, 3]], { size: 248 }), 124, 124)).toEqual(half(BLUE));
  });
});

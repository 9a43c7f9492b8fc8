import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawText, textWidth, wrapText } from './bitmap-font.ts';
import { picture } from '../picture.ts';

/** A text as rows of `#` and `.`. */
function drawing(text: string, scale = 1): string[] {
  const target = picture(1, 9 * scale, textWidth(text) * scale);
  drawText(target, text, 0, 0, [1], scale);
  return Array.from({ length: target.height }, (_, y) =>
    Array.from(target.data.subarray(y * target.width, (y + 1) * target.width), (on) => (on ? '#' : '.')).join(
      '',
    ),
  );
}

const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));

describe('drawText', () => {
  it('draws letters side by side, each with its own width', () => {
    expect(drawing('Tip')).toEqual([
      '#####..#.......',
      '..#............',
      '..#...##..####.',
      '..#....#..#...#',
      '..#....#..#...#',
      '..#....#..#...#',
      '..#....##.####.',
      '..........#....',
      '..........#....',
    ]);
  });

  it('has its own drawing for every printable ASCII character', () => {
    const drawings = printable.map((character) => drawing(character).join('\n'));
    expect(new Set(drawings).size).toBe(95);
  });

  it('draws anything else as a question mark', () => {
    for (const other of ['é', '고', '🐱', '\n', '\u007f']) expect(drawing(other)).toEqual(drawing('?'));
  });

  it('enlarges each pixel of the font to a square', () => {
    const [small, large] = [drawing('g'), drawing('g', 3)];
    large.forEach((row, y) => {
      Array.from(row).forEach((on, x) => expect(on).toBe(small[Math.floor(y / 3)]![Math.floor(x / 3)]));
    });
  });

  it('leaves out what is outside the picture', () => {
    const target = picture(1, 4, 4);
    drawText(target, 'HHH', -4, -1, [1], 2);
    drawText(target, 'HHH', 40, 40, [1], 2);
    expect([...target.data]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
  });
});

describe('wrapText', () => {
  it('breaks at blanks', () => {
    expect(wrapText('mixed2=0.2 mixed3=3', textWidth('mixed2=0.2'), 5)).toEqual(['mixed2=0.2', 'mixed3=3']);
    expect(wrapText('  ', 50, 5)).toEqual([]);
  });

  it('breaks within a word that is too wide', () => {
    expect(wrapText('ABCDEFG', textWidth('ABC'), 5)).toEqual(['ABC', 'DEF', 'G']);
  });

  it('cuts a text of too many lines and marks that with two dots', () => {
    expect(wrapText('ABC ABC ABC', textWidth('ABC'), 2)).toEqual(['ABC', 'AB..']);
  });

  it('never makes a line too wide or too many lines, and cuts only if needed', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'W', '.', ' ', 'é'), maxLength: 60 });
    fc.assert(
      fc.property(
        texts,
        fc.integer({ min: 5, max: 80 }),
        fc.integer({ min: 1, max: 8 }),
        (text, width, most) => {
          const lines = wrapText(text, width, most);
          expect(lines.length).toBeLessThanOrEqual(most);
          for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
          const all = wrapText(text, width, Infinity);
          expect(all.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
          if (all.length <= most) expect(lines).toEqual(all);
        },
      ),
    );
  });
});

import { type Picture } from '../picture.ts';

// Our own letters, so that labels look the same on every machine, also without fonts. ASCII 32 to 126, 16 in a block. Each is 5x9: capitals
// in the upper seven rows, descenders in the lower two.
// prettier-ignore
const SHEET = [
  '..... ..#.. .#.#. .#.#. ..#.. ##..# .##.. ..#.. ...#. .#... ..... ..... ..... ..... ..... ....#',
  '..... ..#.. .#.#. .#.#. .#### ##..# #..#. ..#.. ..#.. ..#.. ..#.. ..#.. ..... ..... ..... ....#',
  '..... ..#.. .#.#. ##### #.#.. ...#. #.#.. ..#.. .#... ...#. #.#.# ..#.. ..... ..... ..... ...#.',
  '..... ..#.. ..... .#.#. .###. ..#.. .#... ..... .#... ...#. .###. ##### ..... .###. ..... ..#..',
  '..... ..#.. ..... ##### ..#.# .#... #.#.# ..... .#... ...#. #.#.# ..#.. ..... ..... ..... .#...',
  '..... ..... ..... .#.#. ####. #..## #..#. ..... ..#.. ..#.. ..#.. ..#.. ..#.. ..... ..... #....',
  '..... ..#.. ..... .#.#. ..#.. #..## .##.# ..... ...#. .#... ..... ..... ..#.. ..... ..#.. #....',
  '..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .#... ..... ..... .....',
  '..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....',

  '.###. ..#.. .###. .###. ...#. ##### ..##. ##### .###. .###. ..... ..... ..... ..... ..... .###.',
  '#...# .##.. #...# #...# ..##. #.... .#... ....# #...# #...# ..... ..... ...#. ..... .#... #...#',
  '#..## ..#.. ....# ....# .#.#. ####. #.... ...#. #...# #...# ..#.. ..#.. ..#.. ##### ..#.. ....#',
  '#.#.# ..#.. ...#. ..##. #..#. ....# ####. ..#.. .###. .#### ..... ..... .#... ..... ...#. ...#.',
  '##..# ..#.. ..#.. ....# ##### ....# #...# .#... #...# ....# ..... ..... ..#.. ##### ..#.. ..#..',
  '#...# ..#.. .#... #...# ...#. #...# #...# .#... #...# ...#. ..... ..#.. ...#. ..... .#... .....',
  '.###. .###. ##### .###. ...#. .###. .###. .#... .###. .##.. ..#.. ..#.. ..... ..... ..... ..#..',
  '..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .#... ..... ..... ..... .....',
  '..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....',

  '.###. .###. ####. .###. ####. ##### ##### .###. #...# .###. ..### #...# #.... #...# #...# .###.',
  '#...# #...# #...# #...# #...# #.... #.... #...# #...# ..#.. ...#. #..#. #.... ##.## ##..# #...#',
  '#.### #...# #...# #.... #...# #.... #.... #.... #...# ..#.. ...#. #.#.. #.... #.#.# ##..# #...#',
  '#.#.# ##### ####. #.... #...# ####. ####. #.### ##### ..#.. ...#. ##... #.... #.#.# #.#.# #...#',
  '#.### #...# #...# #.... #...# #.... #.... #...# #...# ..#.. ...#. #.#.. #.... #...# #..## #...#',
  '#.... #...# #...# #...# #...# #.... #.... #...# #...# ..#.. #..#. #..#. #.... #...# #..## #...#',
  '.###. #...# ####. .###. ####. ##### #.... .#### #...# .###. .##.. #...# ##### #...# #...# .###.',
  '..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....',
  '..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....',

  '####. .###. ####. .#### ##### #...# #...# #...# #...# #...# ##### .###. #.... .###. ..#.. .....',
  '#...# #...# #...# #.... ..#.. #...# #...# #...# #...# #...# ....# .#... #.... ...#. .#.#. .....',
  '#...# #...# #...# #.... ..#.. #...# #...# #...# .#.#. .#.#. ...#. .#... .#... ...#. #...# .....',
  '####. #...# ####. .###. ..#.. #...# #...# #.#.# ..#.. ..#.. ..#.. .#... ..#.. ...#. ..... .....',
  '#.... #.#.# #.#.. ....# ..#.. #...# #...# #.#.# .#.#. ..#.. .#... .#... ...#. ...#. ..... .....',
  '#.... #..#. #..#. ....# ..#.. #...# .#.#. ##.## #...# ..#.. #.... .#... ....# ...#. ..... .....',
  '#.... .##.# #...# ####. ..#.. .###. ..#.. #...# #...# ..#.. ##### .###. ....# .###. ..... .....',
  '..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... #####',
  '..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....',

  '.#... ..... #.... ..... ....# ..... ..##. ..... #.... ..#.. ...#. #.... .##.. ..... ..... .....',
  '..#.. ..... #.... ..... ....# ..... .#... ..... #.... ..... ..... #.... ..#.. ..... ..... .....',
  '...#. .###. ####. .#### .#### .###. ####. .#### ####. .##.. ..##. #..#. ..#.. ##.#. ####. .###.',
  '..... ....# #...# #.... #...# #...# .#... #...# #...# ..#.. ...#. #.#.. ..#.. #.#.# #...# #...#',
  '..... .#### #...# #.... #...# ##### .#... #...# #...# ..#.. ...#. ##... ..#.. #.#.# #...# #...#',
  '..... #...# #...# #.... #...# #.... .#... #...# #...# ..#.. ...#. #.#.. ..#.. #.#.# #...# #...#',
  '..... .#### ####. .#### .#### .#### .#... .#### #...# ..##. ...#. #..#. ..##. #.#.# #...# .###.',
  '..... ..... ..... ..... ..... ..... ..... ....# ..... ..... ...#. ..... ..... ..... ..... .....',
  '..... ..... ..... ..... ..... ..... ..... .###. ..... ..... .##.. ..... ..... ..... ..... .....',

  '..... ..... ..... ..... .#... ..... ..... ..... ..... ..... ..... ...## ..#.. ##... ..... .....',
  '..... ..... ..... ..... .#... ..... ..... ..... ..... ..... ..... ..#.. ..#.. ..#.. ..... .....',
  '####. .#### #.##. .#### ####. #...# #...# #...# #...# #...# ##### ..#.. ..#.. ..#.. .#... .....',
  '#...# #...# ##... #.... .#... #...# #...# #...# .#.#. #...# ...#. .#... ..#.. ...#. #.#.# .....',
  '#...# #...# #.... .###. .#... #...# #...# #.#.# ..#.. #...# ..#.. ..#.. ..#.. ..#.. ...#. .....',
  '#...# #...# #.... ....# .#... #...# .#.#. #.#.# .#.#. #...# .#... ..#.. ..#.. ..#.. ..... .....',
  '####. .#### #.... ####. ..##. .#### ..#.. .#.#. #...# .#### ##### ...## ..#.. ##... ..... .....',
  '#.... ....# ..... ..... ..... ..... ..... ..... ..... ....# ..... ..... ..... ..... ..... .....',
  '#.... ....# ..... ..... ..... ..... ..... ..... ..... .###. ..... ..... ..... ..... ..... .....',
];

const [ROWS, COLUMNS, PER_BLOCK] = [9, 5, 16];

/** Space between two letters, and the width of a blank, in pixels of the font. */
const [LETTER_SPACE, BLANK_WIDTH] = [1, 3];

/** From the top of one line to the top of the next, in pixels of the font. */
export const LINE_HEIGHT = 11;

interface Glyph {
  readonly width: number;
  /** Row and column of every pixel that is set; columns count from the letter's own left edge. */
  readonly pixels: readonly (readonly [row: number, column: number])[];
}

const glyphs = new Map<string, Glyph>();

function glyphOf(character: string): Glyph {
  let glyph = glyphs.get(character);
  if (glyph === undefined) glyphs.set(character, (glyph = readGlyph(character)));
  return glyph;
}

function readGlyph(character: string): Glyph {
  if (character === ' ') return { width: BLANK_WIDTH, pixels: [] };
  const code = character.charCodeAt(0) - 32;
  const known = character.length === 1 && code > 0 && code < 95;
  const index = known ? code : '?'.charCodeAt(0) - 32;
  const block = Math.floor(index / PER_BLOCK) * ROWS;
  const from = (index % PER_BLOCK) * (COLUMNS + 1);
  const pixels: [number, number][] = [];
  for (let row = 0; row < ROWS; row++) {
    const line = SHEET[block + row]!.slice(from, from + COLUMNS);
    for (let column = 0; column < line.length; column++) if (line[column] === '#') pixels.push([row, column]);
  }
  const columns = pixels.map(([, column]) => column);
  const left = Math.min(...columns);
  return {
    width: Math.max(...columns) - left + 1,
    pixels: pixels.map(([row, column]) => [row, column - left]),
  };
}

/** Width of a line of text, in pixels of the font. Each letter has its own width. */
export function textWidth(text: string): number {
  const widths = Array.from(text, (character) => glyphOf(character).width);
  return (
    widths.reduce((sum, width) => sum + width + LETTER_SPACE, 0) - (widths.length > 0 ? LETTER_SPACE : 0)
  );
}

/**
 * Draws one line of text into a picture, in place. Parts outside the picture are not drawn; characters beyond printable ASCII appear as
 * `?`.
 * @param top the row of the upper edge of capital letters
 * @param left the column of the first letter's left edge
 * @param color one value for each channel, 0 to 255
 * @param scale the side of a font pixel in pixels of the picture, a whole number
 */
export function drawText(
  target: Picture,
  text: string,
  top: number,
  left: number,
  color: readonly number[],
  scale = 1,
): void {
  let x = left;
  for (const character of text) {
    const { width, pixels } = glyphOf(character);
    for (const [row, column] of pixels) {
      fillSquare(target, top + row * scale, x + column * scale, scale, color);
    }
    x += (width + LETTER_SPACE) * scale;
  }
}

function fillSquare(
  target: Picture,
  top: number,
  left: number,
  side: number,
  color: readonly number[],
): void {
  const { channels, height, width, data } = target;
  const [firstRow, lastRow] = [Math.max(0, top), Math.min(height, top + side)];
  const [firstColumn, lastColumn] = [Math.max(0, left), Math.min(width, left + side)];
  for (let channel = 0; channel < channels; channel++) {
    for (let row = firstRow; row < lastRow; row++) {
      const start = (channel * height + row) * width;
      for (let column = firstColumn; column < lastColumn; column++) data[start + column] = color[channel]!;
    }
  }
}

/**
 * Breaks text into lines of at most `width` font pixels: at blanks, or within a word that is too wide by itself. Of more
 * than `maxLines` lines the rest is dropped and the last one ends in two dots.
 */
export function wrapText(text: string, width: number, maxLines: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && textWidth(`${line} ${word}`) <= width) {
      line = `${line} ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    for (let head = fitting(line, width); head !== line; head = fitting(line, width)) {
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  if (line !== '') lines.push(line);
  if (lines.length <= maxLines) return lines;
  let last = lines[maxLines - 1] ?? '';
  while (last !== '' && textWidth(`${last}..`) > width) last = last.slice(0, -1).trimEnd();
  return [...lines.slice(0, maxLines - 1), `${last}..`];
}

/** The longest beginning of a text that fits, at least one character. */
function fitting(text: string, width: number): string {
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += glyphOf(character).width + (end === 0 ? 0 : LETTER_SPACE);
    if (end > 0 && used > width) break;
    end += character.length;
  }
  return text.slice(0, end);
}

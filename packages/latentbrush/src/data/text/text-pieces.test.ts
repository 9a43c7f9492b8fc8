import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { textPieces, type CutAt } from './text-pieces.ts';
import { decodeText } from './utf8.ts';

async function piecesOf(
  path: string,
  options: { cutAt?: CutAt; chunk?: number; most?: number; from?: number; rules?: 1 | 2 } = {},
): Promise<{ text: string; next: number }[]> {
  const pieces: { text: string; next: number }[] = [];
  for await (const piece of textPieces(path, { rules: 2, cutAt: 'char', chunk: 7, ...options }))
    pieces.push(piece);
  return pieces;
}

async function fileWith(contents: string | Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), 'a.txt');
  await writeFile(path, contents);
  return path;
}

const joined = (pieces: readonly { text: string }[]): string => pieces.map(({ text }) => text).join('');

// What can go wrong at a cut: marks that combine, CR LF, wide characters, prefix signs, case by position, blanks.
const parts = fc.constantFrom(
  ...[
    'a',
    'B',
    'e',
    '\u0301',
    '\u0600',
    'ΑΣ',
    'Σ',
    ' ',
    '  ',
    "'",
    '\n',
    '\r',
    '\r\n',
    '語',
    '漢字',
    '👩‍👧',
    '가',
    '\u1100',
  ],
);
const texts = fc
  .array(parts, { minLength: 1, maxLength: 40 })
  .map((all) => all.join(''))
  .filter((text) => text.trim() !== '');

describe('textPieces', () => {
  it('gives pieces that join to the decoded text, from every place where one ended', async () => {
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.constantFrom<CutAt>('char', 'word'),
        fc.constantFrom<1 | 2>(1, 2),
        async (text, cutAt, rules) => {
          const path = await fileWith(text);
          const pieces = await piecesOf(path, { cutAt, rules });
          expect(joined(pieces)).toBe(decodeText(Buffer.from(text), path, rules));
          const [first, ...rest] = pieces;
          expect(joined(await piecesOf(path, { cutAt, rules, from: first!.next }))).toBe(joined(rest));
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    ['lines', 'one two\nthree\nfour five\n', 'word'],
    ['words', 'one two three four five six', 'word'],
    ['old line ends', 'one\rtwo\rthree\rfour', 'word'],
    ['letters alone', 'GATTACA'.repeat(10), 'char'],
    ['Chinese without a line break', '天地玄黃宇宙洪荒', 'char'],
  ] as const)('cuts between %s', async (_, text, cutAt) => {
    expect((await piecesOf(await fileWith(text), { cutAt })).length).toBeGreaterThan(2);
  });

  it.each(['utf16le', 'utf16be'])('reads %s with a mark, also from the middle', async (encoding) => {
    const text = 'Wal – 鯨\nund 👩‍👧 mehr\n'.repeat(3);
    const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
    const path = await fileWith(encoding === 'utf16le' ? bytes : bytes.swap16());
    const pieces = await piecesOf(path, { chunk: 8 });
    expect(joined(pieces)).toBe(text);
    expect(joined(await piecesOf(path, { chunk: 8, from: pieces[1]!.next }))).toBe(joined(pieces.slice(2)));
  });

  it('leaves out a mark at the beginning of UTF-8', async () => {
    expect(joined(await piecesOf(await fileWith('\uFEFFone two')))).toBe('one two');
  });

  it('refuses, with the byte, what is no text', async () => {
    const refused = async (contents: string | Uint8Array): Promise<unknown> =>
      piecesOf(await fileWith(contents)).catch((error: unknown) => String(error).replace(/^.*a.txt: /, ''));
    expect(await refused(Buffer.from('one two three \xff four', 'latin1'))).toBe(
      'is not UTF-8 (at byte 14); save it as UTF-8',
    );
    expect(await refused('one two three\0four')).toBe(
      'is binary (a zero at byte 13); a plain UTF-8 text is needed',
    );
    expect(await refused(' \n '.repeat(9))).toBe('contains only blanks; a text is needed');
    expect(await refused(Buffer.from('one two three four', 'utf16le'))).toMatch(/^seems to be UTF-16/);
  });

  it('refuses a text that can nowhere be cut', async () => {
    const path = await fileWith('x'.repeat(100));
    await expect(piecesOf(path, { cutAt: 'word', most: 50 })).rejects.toThrow(
      /without a line break or a space, from byte 0 on/,
    );
  });
});

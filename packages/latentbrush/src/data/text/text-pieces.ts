import { open, type FileHandle } from 'node:fs/promises';
import { InputError } from '@latentbrush/engine';
import { fileError } from '../../files/file-error.ts';
import type { ReadingRules } from '../../files/list-files.ts';
import { cleanText, firstInvalidByte, encodingOf, looksLikeUtf16 } from './utf8.ts';

/** Where a text may be cut: between any two tokens of this kind. */
export type CutAt = 'char' | 'word';

/** A piece of a text file. */
export interface TextPiece {
  readonly text: string;
  /** Where the next piece begins, in bytes of the file. */
  readonly next: number;
}

/** How to read a text in pieces. */
export interface PieceOptions {
  readonly rules: ReadingRules;
  readonly cutAt: CutAt;
  /** Where to begin: 0, or the end of an earlier piece. Default 0. */
  readonly from?: number;
  /** Bytes that are read at once. Default 1 MiB. */
  readonly chunk?: number;
  /** Most bytes without a place to cut. Default 64 MiB. */
  readonly most?: number;
}

const MEBIBYTE = 2 ** 20;
const [LINE_FEED, RETURN, SPACE] = [0x0a, 0x0d, 0x20];

/**
 * The text of a file, in pieces that join to what `decodeText` gives: each piece can be put in NFC, lower-cased and cut into tokens without the
 * others. So a text can be larger than memory, and than the longest string.
 * @throws InputError as `decodeText` does; also when there is no line break and no space in 64 MiB
 */
export async function* textPieces(
  path: string,
  { rules, cutAt, from = 0, chunk = MEBIBYTE, most = 64 * MEBIBYTE }: PieceOptions,
): AsyncGenerator<TextPiece, void, undefined> {
  const file = await opened(path);
  try {
    const head = await readAt(file, path, 0, new Uint8Array(1024));
    const encoding = encodingOf(head, path);
    const marked = encoding === 'utf-8' ? (isMarked(head) ? 3 : 0) : 2;
    let next = Math.max(from, marked);
    let position = next;
    let isBlank = from === 0;
    let rest: Uint8Array = new Uint8Array();
    const decoder =
      encoding === 'utf-8' ? undefined : new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    for (let isEnd = false; !isEnd;) {
      const read = await readAt(file, path, position, new Uint8Array(chunk));
      isEnd = read.length === 0;
      position += read.length;
      const bytes = decoder === undefined ? read : transcoded(decoder, read, isEnd, path);
      const zero = bytes.indexOf(0);
      if (zero >= 0) throw binary(path, encoding, head, next, rest, bytes, zero);
      rest = joined(rest, bytes);
      const cut = isEnd ? rest.length : lastCut(rest, cutAt);
      if (cut === 0 && rest.length > most)
        throw new InputError(
          `${path}: has ${most / MEBIBYTE} MiB without a line break or a space, from byte ${next} on; break its lines`,
        );
      if (cut === 0) continue;
      const raw = decodedUtf8(rest.subarray(0, cut), path, next);
      rest = rest.slice(cut);
      next += decoder === undefined ? cut : 2 * raw.length;
      const text = cleanText(raw, rules);
      isBlank &&= text.trim() === '';
      yield { text, next };
    }
    if (isBlank) throw new InputError(`${path}: contains only blanks; a text is needed`);
  } finally {
    await file.close();
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

async function readAt(
  file: FileHandle,
  path: string,
  position: number,
  target: Uint8Array,
): Promise<Uint8Array> {
  try {
    const { bytesRead } = await file.read(target, 0, target.length, position);
    return target.subarray(0, bytesRead);
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

function isMarked([first, second, third]: Uint8Array): boolean {
  return first === 0xef && second === 0xbb && third === 0xbf;
}

function transcoded(decoder: TextDecoder, bytes: Uint8Array, isEnd: boolean, path: string): Uint8Array {
  try {
    return Buffer.from(decoder.decode(bytes, { stream: !isEnd }), 'utf8');
  } catch (error) {
    throw new InputError(`${path}: is damaged or truncated UTF-16 text; save it as UTF-8`, { cause: error });
  }
}

function binary(
  path: string,
  encoding: string,
  head: Uint8Array,
  next: number,
  rest: Uint8Array,
  bytes: Uint8Array,
  zero: number,
): InputError {
  if (encoding === 'utf-8' && looksLikeUtf16(head))
    return new InputError(`${path}: seems to be UTF-16 text without a byte order mark; save it as UTF-8`);
  const before = joined(rest, bytes.subarray(0, zero));
  const place =
    next + (encoding === 'utf-8' ? before.length : 2 * Buffer.from(before).toString('utf8').length);
  return new InputError(`${path}: is binary (a zero at byte ${place}); a plain UTF-8 text is needed`);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function decodedUtf8(bytes: Uint8Array, path: string, start: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const at = start + firstInvalidByte(bytes);
    throw new InputError(`${path}: is not UTF-8 (at byte ${at}); save it as UTF-8`, { cause: error });
  }
}

/**
 * The last place where UTF-8 text may be cut; 0 if there is none. After a line break, and before a space, no character combines with its
 * neighbours, changes with its case, or belongs to the same word. Characters alone may also be cut between two letters that never combine.
 */
function lastCut(bytes: Uint8Array, cutAt: CutAt): number {
  const line = bytes.lastIndexOf(LINE_FEED) + 1;
  if (line > 0) return line;
  for (let i = bytes.length - 1; i > 0; i--) {
    if (bytes[i] === SPACE && !joinsNext(bytes, i)) return i;
    if (bytes[i - 1] === RETURN) return i; // no line feed follows: there is none
    if (cutAt === 'char' && isBetweenLetters(bytes, i)) return i;
  }
  return 0;
}

/** Whether the character before a place belongs to one grapheme with what follows: Arabic and Indic prefix signs. */
function joinsNext(bytes: Uint8Array, place: number): boolean {
  let start = place - 1;
  while (start > 0 && (bytes[start]! & 0xc0) === 0x80) start--;
  const [lead, second] = [bytes[start]!, bytes[start + 1]!];
  if (lead === 0xd8) return second <= 0x85;
  if (lead === 0xdb) return second === 0x9d;
  if (lead === 0xdc) return second === 0x8f;
  return lead === 0xe0 || lead >= 0xf0;
}

/** Whether two ASCII letters or digits, or two Chinese characters, meet here. */
function isBetweenLetters(bytes: Uint8Array, place: number): boolean {
  if (isAsciiLetter(bytes[place]!) && isAsciiLetter(bytes[place - 1]!)) return true;
  return place >= 3 && isChinese(bytes, place - 3) && isChinese(bytes, place);
}

function isAsciiLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39);
}

// U+5000 to U+9FFF
function isChinese(bytes: Uint8Array, place: number): boolean {
  const lead = bytes[place]!;
  return lead >= 0xe5 && lead <= 0xe9 && place + 3 <= bytes.length;
}

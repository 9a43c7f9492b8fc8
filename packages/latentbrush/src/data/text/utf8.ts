import { InputError } from '@latentbrush/engine';
import { READING_RULES, type ReadingRules } from '../../files/list-files.ts';

/** Encodings that a byte order mark names, longest marks first: that of UTF-32LE begins with that of UTF-16LE. */
const MARKS: readonly (readonly [mark: readonly number[], encoding: string])[] = [
  [[0xff, 0xfe, 0, 0], 'utf-32'],
  [[0, 0, 0xfe, 0xff], 'utf-32'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/**
 * The text of a plain-text file: UTF-8, or UTF-16 with a byte order mark, as Windows programs write it. The byte order mark is removed. The
 * newest rules apply {@link plainText}; those of version 0.1.0 only turn CRLF into LF.
 * @param name the file, for messages
 * @throws InputError when there are no bytes, or they are binary (a zero) or in another encoding; the message names the byte
 */
export function decodeText(bytes: Uint8Array, name: string, rules: ReadingRules = READING_RULES): string {
  if (bytes.length === 0) throw new InputError(`${name}: is empty; a text is needed`);
  const encoding = encodingOf(bytes, name);
  const text = encoding === 'utf-8' ? decodeUtf8(bytes, name) : decodeUtf16(bytes, encoding, name);
  const clean = cleanText(text, rules);
  if (clean.trim() === '') throw new InputError(`${name}: contains only blanks; a text is needed`);
  return clean;
}

/** The encoding that the first bytes of a text name. @throws InputError for UTF-32 */
export function encodingOf(bytes: Uint8Array, name: string): string {
  const [, encoding = 'utf-8'] = MARKS.find(([mark]) => mark.every((byte, i) => bytes[i] === byte)) ?? [];
  if (encoding === 'utf-32') throw new InputError(`${name}: is UTF-32 text; save it as UTF-8`);
  return encoding;
}

/** A decoded text as the rules for reading want it. */
export function cleanText(text: string, rules: ReadingRules): string {
  return rules === 1 ? text.replaceAll('\r\n', '\n') : plainText(text);
}

/**
 * A text in the single form for training and prompts. Each CR or CRLF becomes LF. Characters are in Unicode's normalization form NFC, so
 * that an accented letter is one character however it was typed. Other line separators (U+0085, U+2028) stay: they are characters of the
 * text.
 * @example
 * console.log(data.plainText('one\r\ntwo').length); // 7
 */
export function plainText(text: string): string {
  return text.replace(/\r\n?/g, '\n').normalize('NFC');
}

function decodeUtf16(bytes: Uint8Array, encoding: string, name: string): string {
  let text;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new InputError(`${name}: is damaged or truncated UTF-16 text; save it as UTF-8`, { cause: error });
  }
  const zero = text.indexOf('\0');
  if (zero < 0) return text;
  throw new InputError(`${name}: is binary (a zero at byte ${2 * zero + 2}); a plain UTF-8 text is needed`);
}

function decodeUtf8(bytes: Uint8Array, name: string): string {
  const zero = bytes.indexOf(0);
  if (zero >= 0)
    throw new InputError(
      looksLikeUtf16(bytes)
        ? `${name}: seems to be UTF-16 text without a byte order mark; save it as UTF-8`
        : `${name}: is binary (a zero at byte ${zero}); a plain UTF-8 text is needed`,
    );
  const text = utf8(bytes);
  if (text !== undefined) return text;
  throw new InputError(`${name}: is not UTF-8 (at byte ${firstInvalidByte(bytes)}); save it as UTF-8`);
}

/** Whether every second byte at the beginning is mostly zero, and the others are not: Latin letters in UTF-16. */
export function looksLikeUtf16(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 1000);
  const zeros = [0, 0];
  head.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2]! += 1;
  });
  const [some, many] = zeros.sort((a, b) => a - b);
  return head.length >= 8 && some === 0 && many! > head.length / 4;
}

/** TextDecoder drops a byte order mark at the start. */
function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Offset of the first byte that cannot continue the valid UTF-8 before it; the length when the text ends inside a character. Found by
 * bisection: a beginning that ends inside a character still counts as valid.
 */
export function firstInvalidByte(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length + 1;
  while (invalid - valid > 1) {
    const middle = Math.floor((valid + invalid) / 2);
    if (middle <= bytes.length && isValidStart(bytes.subarray(0, middle))) valid = middle;
    else invalid = middle;
  }
  return valid;
}

function isValidStart(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

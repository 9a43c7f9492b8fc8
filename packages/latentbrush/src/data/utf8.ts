import { InputError } from '@latentbrush/engine';

/**
 * The text of a plain-text file: UTF-8 without its byte order mark, lines ended by LF.
 * @param name the file, for messages
 * @throws InputError when the bytes are none, binary (a zero byte) or not UTF-8; the message says at which byte
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  if (bytes.length === 0) throw new InputError(`${name}: is empty; a text is needed`);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new InputError(`${name}: is UTF-16 text; save it as UTF-8`);
  }
  const zero = bytes.indexOf(0);
  if (zero >= 0)
    throw new InputError(`${name}: is binary (a zero at byte ${zero}); a plain UTF-8 text is needed`);
  const text = decodeUtf8(bytes);
  if (text === undefined) {
    throw new InputError(`${name}: is not UTF-8 (at byte ${firstInvalidByte(bytes)}); save it as UTF-8`);
  }
  const clean = text.replaceAll('\r\n', '\n');
  if (clean.trim() === '') throw new InputError(`${name}: holds nothing but blanks; a text is needed`);
  return clean;
}

/** TextDecoder drops a byte order mark at the start. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Offset of the first byte that cannot go on the valid UTF-8 before it; the length when the text ends within a
 * character. Found by bisection: a beginning that ends within a character still counts as valid.
 */
function firstInvalidByte(bytes: Uint8Array): number {
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

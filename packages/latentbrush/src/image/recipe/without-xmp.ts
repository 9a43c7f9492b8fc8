import { withoutGifXmp } from './gif-xmp.ts';
import { withoutMp4Xmp } from './mp4-xmp.ts';

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;

/**
 * The bytes of a GIF, WebP or MP4 file without its XMP packet, to compare the frames of two files whose recipes can differ, for example in
 * the version. The result is no readable file: the sizes around the packet are missing or unchanged.
 * @example
 * import { readFile } from 'node:fs/promises';
 * const animation = image.withoutXmp(await readFile('cat.gif')); // without its recipe, frames as they were
 */
export function withoutXmp(file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.toString('latin1', 0, 3) === 'GIF') return withoutGifXmp(bytes);
  if (bytes.toString('latin1', 0, 4) === 'RIFF') return withoutWebpXmp(bytes);
  return withoutMp4Xmp(bytes);
}

// Chunks of a RIFF file (RFC 9649, 2.3): four letters, a size, and contents of even length.
function withoutWebpXmp(bytes: Buffer): Buffer {
  const kept: Buffer[] = [];
  let at = RIFF_HEADER_BYTES;
  while (at + CHUNK_HEADER_BYTES <= bytes.length) {
    const size = bytes.readUInt32LE(at + 4);
    const end = at + CHUNK_HEADER_BYTES + size + (size % 2);
    if (bytes.toString('latin1', at, at + 4) !== 'XMP ') kept.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

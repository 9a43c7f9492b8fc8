import { createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { ByteStream } from '../byte-stream.ts';

/** Bytes as a stream of chunks of a few sizes, as if read from a plain file. */
export function streamOf(bytes: Uint8Array, maxBytes?: number): ByteStream {
  return new ByteStream('file', pieces(bytes), { largest: bytes.length, isExact: true, maxBytes });
}

/** The decompressed bytes of a gzip file in memory as a stream. */
export function unpackedStreamOf(packed: Uint8Array): ByteStream {
  const unpacked = Readable.from(pieces(packed)).pipe(createGunzip());
  return new ByteStream('file', unpacked, { largest: packed.length * 1032, isExact: false });
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0, size = 1; start < bytes.length; start += size, size = (size * 7) % 251 || 1)
    yield await Promise.resolve(bytes.subarray(start, start + size));
}

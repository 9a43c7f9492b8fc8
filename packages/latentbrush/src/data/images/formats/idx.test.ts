import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { InputError, Random } from '@latentbrush/engine';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { mutated } from '../../../pretrained/weights/testing/mutations.ts';
import { withByteStream, type ByteStream } from './byte-stream.ts';
import { encodeIdx, readIdx, type IdxArray } from './idx.ts';
import { streamOf, unpackedStreamOf } from './testing/byte-streams.ts';

const anything = (): void => undefined;

/** Two pictures of 2x3 and their file, byte by byte as the page of MNIST describes it. */
const pictures = { shape: [2, 2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) };
const file = Uint8Array.of(
  ...[0, 0, 0x08, 3],
  ...[0, 0, 0, 2],
  ...[0, 0, 0, 2],
  ...[0, 0, 0, 3],
  ...pictures.data,
);

describe('an IDX file', () => {
  it('is a magic number, the sizes as big-endian integers, and the values', async () => {
    expect(encodeIdx(pictures)).toEqual(file);
    expect(await readIdx(streamOf(file), [3], anything)).toEqual(pictures);
  });

  it('is read as it was written, in any shape, compressed or not', async () => {
    const arrays = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 }).chain((shape) => {
      const length = shape.reduce((product, side) => product * side, 1);
      return fc.record({
        shape: fc.constant(shape),
        data: fc.uint8Array({ minLength: length, maxLength: length }),
      });
    });
    await fc.assert(
      fc.asyncProperty(arrays, fc.boolean(), async (array: IdxArray, packed) => {
        const bytes = encodeIdx(array);
        const stream = packed ? unpackedStreamOf(gzipSync(bytes)) : streamOf(bytes);
        expect(await readIdx(stream, [array.shape.length], anything)).toEqual(array);
      }),
    );
  });

  const header = (...sizes: number[]): Uint8Array =>
    Uint8Array.of(0, 0, 0x08, sizes.length, ...sizes.flatMap((size) => [size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255])); // prettier-ignore

  it.each<[string, Uint8Array, RegExp]>([
    [
      'is empty',
      new Uint8Array(0),
      /is not an IDX file: it begins with 0x where 0x00000803 or 0x00000804 is needed$/,
    ],
    ['is something else', Buffer.from('\x89PNG\r\n', 'latin1'), /begins with 0x89504e47 where 0x00000803/],
    [
      'contains floats',
      Uint8Array.of(0, 0, 0x0d, 3),
      /contains 32-bit floats; an IDX file of unsigned bytes is needed/,
    ],
    ['contains labels', header(5), /contains labels where pictures are needed \(magic 0x00000801\)/],
    ['has two dimensions', header(5, 5), /contains 2-dimensional data where pictures are needed/],
    ['ends in its header', file.subarray(0, 11), /is truncated in its header/],
    ['contains no pictures', header(0, 28, 28), /contains nothing \(0x28x28\)/],
    ['is truncated', file.subarray(0, 25), /is truncated: its header declares 12 bytes of data and it has 9/],
    ['has extra bytes', Uint8Array.of(...file, 1), /has bytes after the 12 that its header declares/],
    ['declares billions', header(2 ** 32 - 1, 2 ** 16, 2 ** 16), /declares \d+ bytes of data and it has 0/],
  ])('is refused when it %s', async (_, bytes, message) => {
    const reading = readIdx(streamOf(bytes), [3, 4], () => {
      throw new Error('nothing may be allocated');
    });
    await expect(reading.catch((error: unknown) => error)).resolves.toBeInstanceOf(InputError);
    await expect(readIdx(streamOf(bytes), [3, 4], anything)).rejects.toThrow(message);
  });

  it('that is compressed cannot declare more than gzip can hold, or more than allowed', async () => {
    const packed = gzipSync(header(60_000, 28, 28));
    await expect(readIdx(unpackedStreamOf(packed), [3], anything)).rejects.toThrow(
      /its header declares 47040000 bytes of data and it cannot contain that many/,
    );
    await expect(readIdx(streamOf(file, 28), [3], anything)).resolves.toEqual(pictures);
    expect(() => streamOf(file, 27)).toThrow(/has 28 bytes or more, above the limit of 27/);
  });

  it('calls the check with its shape before it allocates', async () => {
    const asked: (readonly number[])[] = [];
    await readIdx(streamOf(file), [3], (shape) => asked.push(shape));
    expect(asked).toEqual([[2, 2, 3]]);
  });

  it.each<[string, (bytes: Uint8Array) => ByteStream, Uint8Array]>([
    ['plain', (bytes) => streamOf(bytes), file],
    ['packed', unpackedStreamOf, gzipSync(file)],
  ])('gives an array or a one-line error when damaged in thousands of ways: %s', async (_, open, whole) => {
    const random = new Random(3);
    let [arrays, errors] = [0, 0];
    for (let round = 0; round < 3000; round++) {
      try {
        const { shape, data } = await readIdx(open(mutated(whole, random)), [1, 3, 4], anything);
        expect(data).toHaveLength(shape.reduce((product, side) => product * side, 1));
        arrays++;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.message).toMatch(/^file: [^\n]+$/);
        errors++;
      }
    }
    expect(Math.min(arrays, errors)).toBeGreaterThan(10);
  });
});

describe('a file on the disk', () => {
  const read = (path: string): Promise<IdxArray> =>
    withByteStream(path, undefined, (stream) => readIdx(stream, [3], anything));

  async function fileWith(bytes: Uint8Array): Promise<string> {
    const path = join(await temporaryFolder(), 'images');
    await writeFile(path, bytes);
    return path;
  }

  it('is decompressed if its bytes are gzip, whatever its name', async () => {
    expect(await read(await fileWith(file))).toEqual(pictures);
    expect(await read(await fileWith(gzipSync(file)))).toEqual(pictures);
  });

  it('of gzip in two parts is one file, as in gzip itself', async () => {
    const parts = [file.subarray(0, 20), file.subarray(20)].map((part) => gzipSync(part));
    expect(await read(await fileWith(Buffer.concat(parts)))).toEqual(pictures);
  });

  it('that is truncated or damaged gzip is refused in one line', async () => {
    const packed = gzipSync(file);
    const cutOff = await fileWith(packed.subarray(0, -9));
    await expect(read(cutOff)).rejects.toThrow(
      new InputError(`${cutOff}: is a truncated gzip file; a complete one is needed`),
    );
    const altered = Buffer.from(packed);
    altered[altered.length - 6]! ^= 1; // the checksum
    await expect(read(await fileWith(altered))).rejects.toThrow(
      /is a damaged gzip file \(incorrect data check\); a complete one is needed/,
    );
  });

  it('that decompresses to more than allowed is refused before its end', async () => {
    const bomb = await fileWith(gzipSync(Buffer.alloc(50 * 2 ** 20)));
    const reading = withByteStream(bomb, 2 ** 20, async (stream) => {
      const block = new Uint8Array(2 ** 16);
      while ((await stream.fill(block)) === block.length);
    });
    await expect(reading).rejects.toThrow(/bytes or more, above the limit of 1048576/);
  });

  it.each<[string, (folder: string) => Promise<string>, RegExp]>([
    ['missing', (folder) => Promise.resolve(join(folder, 'none')), /no such file or folder; check the path/],
    ['empty', async (folder) => (await writeFile(join(folder, 'a'), ''), join(folder, 'a')), /is empty/],
    [
      'a folder',
      async (folder) => (await mkdir(join(folder, 'b')), join(folder, 'b')),
      /is a folder; a file/,
    ],
  ])('is refused when it is %s', async (_, make, message) => {
    await expect(read(await make(await temporaryFolder()))).rejects.toThrow(message);
  });
});

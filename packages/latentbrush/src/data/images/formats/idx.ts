import { InputError } from '@latentbrush/engine';
import type { ByteStream } from './byte-stream.ts';

/** Bytes of an IDX file, the format of MNIST. */
export interface IdxArray {
  /** Sizes of the dimensions, the slowest first. */
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const UNSIGNED_BYTES = 0x08;

/** Other types of values by their codes, as on the page of MNIST. */
const OTHER_TYPES: Readonly<Record<number, string>> = {
  0x09: 'signed bytes',
  0x0b: '16-bit integers',
  0x0c: '32-bit integers',
  0x0d: '32-bit floats',
  0x0e: '64-bit floats',
};

/** The contents of an IDX file by its number of dimensions. */
const CONTENTS: Readonly<Record<number, string>> = { 1: 'labels', 3: 'pictures', 4: 'pictures' };

/**
 * Reads an IDX file of unsigned bytes: two zero bytes, a code for the type, the number of dimensions, their sizes as 32-bit
 * big-endian integers, then the values. Nothing is allocated before the sizes have been checked.
 * @param ranks accepted numbers of dimensions: 1 for labels, 3 or 4 for pictures
 * @param allow throws when data of this shape are too large; called before allocation
 * @throws InputError when it is no such file, has other dimensions, is truncated, has extra bytes, or `allow` refuses
 */
export async function readIdx(
  stream: ByteStream,
  ranks: readonly number[],
  allow: (shape: readonly number[]) => void,
): Promise<IdxArray> {
  const { name } = stream;
  const shape = await readShape(stream, ranks);
  const size = shape.reduce((product, side) => product * side, 1);
  if (size === 0)
    throw new InputError(`${name}: contains nothing (${shape.join('x')}); a data set is needed`);
  const rest = stream.largest - 4 - 4 * shape.length;
  if (size > rest) throw cutOff(name, size, stream.isExact ? rest : undefined);
  if (stream.isExact && size < rest) throw leftOver(name, size);
  stream.refuse(size);
  allow(shape);
  const data = new Uint8Array(size);
  const found = await stream.fill(data);
  if (found < size) throw cutOff(name, size, found);
  if (!(await stream.ended())) throw leftOver(name, size);
  return { shape, data };
}

/** The bytes of an IDX file; the reverse of {@link readIdx}. */
export function encodeIdx({ shape, data }: IdxArray): Uint8Array {
  const start = 4 + 4 * shape.length;
  const bytes = new Uint8Array(start + data.length);
  bytes.set([0, 0, UNSIGNED_BYTES, shape.length]);
  const view = new DataView(bytes.buffer);
  shape.forEach((side, i) => view.setUint32(4 + 4 * i, side));
  bytes.set(data, start);
  return bytes;
}

async function readShape(stream: ByteStream, ranks: readonly number[]): Promise<number[]> {
  const { name } = stream;
  const magic = new Uint8Array(4);
  const found = await stream.fill(magic);
  const [first, second, type = 0, rank = 0] = magic;
  if (found < 4 || first !== 0 || second !== 0 || !(type === UNSIGNED_BYTES || type in OTHER_TYPES))
    throw new InputError(
      `${name}: is not an IDX file: it begins with ${hex(magic.subarray(0, found))} where ${ranks.map(magicOf).join(' or ')} is needed`,
    );
  if (type !== UNSIGNED_BYTES)
    throw new InputError(`${name}: contains ${OTHER_TYPES[type]}; an IDX file of unsigned bytes is needed`);
  if (!ranks.includes(rank)) {
    const what = CONTENTS[rank] ?? `${rank}-dimensional data`;
    throw new InputError(
      `${name}: contains ${what} where ${CONTENTS[ranks[0]!]} are needed (magic ${magicOf(rank)})`,
    );
  }
  const sizes = new Uint8Array(4 * rank);
  if ((await stream.fill(sizes)) < sizes.length)
    throw new InputError(`${name}: is truncated in its header; a complete file is needed`);
  const view = new DataView(sizes.buffer);
  return Array.from({ length: rank }, (_, i) => view.getUint32(4 * i));
}

function cutOff(name: string, size: number, found: number | undefined): InputError {
  const has = found === undefined ? 'cannot contain that many' : `has ${found}`;
  return new InputError(
    `${name}: is truncated: its header declares ${size} bytes of data and it ${has}; a complete file is needed`,
  );
}

function leftOver(name: string, size: number): InputError {
  return new InputError(
    `${name}: has bytes after the ${size} that its header declares; a file without them is needed`,
  );
}

function magicOf(rank: number): string {
  return hex(Uint8Array.of(0, 0, UNSIGNED_BYTES, rank));
}

function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}

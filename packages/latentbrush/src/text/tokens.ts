/** The token numbers of a text, in memory or in a file. */
export interface Tokens {
  readonly length: number;
  /** The numbers from `start` on, at most `count`; valid until the next call. */
  read(start: number, count: number): ArrayLike<number>;
  /** The part before `end`. */
  part(start: number, end: number): Tokens;
  /** Frees what it holds besides memory, such as an open file. */
  release(): void;
}

/** Token numbers in memory. */
export function tokensInMemory(ids: Int32Array): Tokens {
  return {
    length: ids.length,
    read: (start, count) => ids.subarray(start, start + count),
    part: (start, end) => tokensInMemory(ids.subarray(start, end)),
    release: () => undefined,
  };
}

/** Bytes of one token in a file. */
export type TokenWidth = 1 | 2 | 4;

/** The fewest bytes that hold every number of a vocabulary. */
export function tokenWidth(vocabularySize: number): TokenWidth {
  return vocabularySize <= 2 ** 8 ? 1 : vocabularySize <= 2 ** 16 ? 2 : 4;
}

const ARRAYS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array } as const;

/** An array of token numbers of this width. */
export function tokenArray(width: TokenWidth, length: number): Uint8Array | Uint16Array | Uint32Array {
  return new ARRAYS[width](length);
}

/** Bytes that can be read anywhere. */
export interface TokenBytes {
  readonly bytes: number;
  read(start: number, target: Uint8Array): void;
  release(): void;
}

/**
 * Token numbers in a file, read where a batch needs them. The system keeps the parts of the file that are used in free memory.
 * @param data numbers of `width` bytes, low byte first
 */
export function tokensInFile(data: TokenBytes, width: TokenWidth): Tokens {
  let buffer = tokenArray(width, 0);
  const range = (first: number, end: number): Tokens => ({
    length: end - first,
    read: (start, count) => {
      const length = Math.max(0, Math.min(count, end - first - start));
      if (buffer.length < length) buffer = tokenArray(width, length);
      const ids = buffer.subarray(0, length);
      data.read((first + start) * width, new Uint8Array(ids.buffer, 0, length * width));
      return ids;
    },
    part: (start, stop) => range(first + start, first + stop),
    release: () => data.release(),
  });
  return range(0, data.bytes / width);
}

import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '@latentbrush/engine';
import { errorCode, fileError } from '../../../files/file-error.ts';

/** DEFLATE turns 2 bits into at most 258 bytes, so gzip data grow by at most this factor (RFC 1951; zlib's own figure). */
const LARGEST_EXPANSION = 1032;

const CHUNK = 2 ** 18;

const GIBIBYTE = 2 ** 30;

/** Facts about a stream before it is read. */
export interface ByteStreamLimits {
  /** Maximum number of bytes that it can give, by the size of the file. */
  readonly largest: number;
  /** Whether it gives exactly that many. */
  readonly isExact: boolean;
  /** Maximum number of bytes to accept; default 1 GiB. */
  readonly maxBytes?: number | undefined;
}

/** Bytes that are read in chunks, so that no size is allocated before it has been checked. */
export class ByteStream {
  /** The file, for messages. */
  readonly name: string;
  readonly largest: number;
  readonly isExact: boolean;
  readonly maxBytes: number;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #received = 0;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(
    name: string,
    chunks: AsyncIterable<Uint8Array>,
    { largest, isExact, maxBytes = GIBIBYTE }: ByteStreamLimits,
  ) {
    this.name = name;
    this.largest = largest;
    this.isExact = isExact;
    this.maxBytes = maxBytes;
    if (isExact) this.refuse(largest);
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /**
   * Refuses sizes above the limit. @throws InputError when there are more than `maxBytes` bytes
   */
  refuse(bytes: number): void {
    if (bytes <= this.maxBytes) return;
    throw new InputError(
      `${this.name}: has ${bytes} bytes or more, above the limit of ${this.maxBytes}; a smaller data set is needed`,
    );
  }

  /**
   * Reads until the target is full or the bytes end.
   * @returns how many bytes were read
   * @throws InputError when the file is damaged or truncated gzip, cannot be read, or has more than `maxBytes`
   */
  async fill(target: Uint8Array): Promise<number> {
    let done = 0;
    while (done < target.length) {
      const chunk = await this.#take();
      if (chunk === undefined) break;
      const part = chunk.subarray(0, target.length - done);
      target.set(part, done);
      done += part.length;
      this.#rest = chunk.subarray(part.length);
    }
    return done;
  }

  /** The rest, in chunks. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let chunk = await this.#take(); chunk !== undefined; chunk = await this.#take()) yield chunk;
  }

  /** Whether all bytes have been read. */
  async ended(): Promise<boolean> {
    return (await this.fill(new Uint8Array(1))) === 0;
  }

  /** Stops reading. Call it in any case. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #take(): Promise<Uint8Array | undefined> {
    if (this.#rest.length > 0) {
      const rest = this.#rest;
      this.#rest = new Uint8Array(0);
      return rest;
    }
    try {
      const next = await this.#chunks.next();
      if (next.done === true) return undefined;
      this.#received += next.value.length;
      this.refuse(this.#received);
      return next.value;
    } catch (error) {
      throw streamError(error, this.name);
    }
  }
}

/**
 * Opens a file, and decompresses it if it is gzip. Its first bytes decide, not its name.
 * @param maxBytes most bytes to accept, decompressed; default 1 GiB
 * @throws InputError when it is missing, a folder, no plain file, empty or too large
 */
export async function openByteStream(path: string, maxBytes?: number): Promise<ByteStream> {
  const { size, isGzip } = await look(path);
  const limits = { largest: isGzip ? size * LARGEST_EXPANSION : size, isExact: !isGzip, maxBytes };
  return new ByteStream(path, fileChunks(path, isGzip), limits);
}

// A generator: it opens the file at the first chunk and closes it after the last or when reading stops.
async function* fileChunks(path: string, isGzip: boolean): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: CHUNK });
  // The last one emits the errors of both.
  const stream = isGzip ? pipeline(file, createGunzip({ chunkSize: CHUNK }), () => undefined) : file;
  for await (const chunk of stream) yield chunk as Uint8Array;
}

/** Reads a stream to its end and always closes it. */
export async function withByteStream<T>(
  path: string,
  maxBytes: number | undefined,
  read: (stream: ByteStream) => Promise<T>,
): Promise<T> {
  const stream = await openByteStream(path, maxBytes);
  try {
    return await read(stream);
  } finally {
    await stream.close();
  }
}

/** The error of a file that could not be read to its end. */
export function streamError(error: unknown, name: string): Error {
  const code = errorCode(error);
  if (code === 'Z_BUF_ERROR')
    return new InputError(`${name}: is a truncated gzip file; a complete one is needed`, { cause: error });
  if (code?.startsWith('Z_') === true)
    return new InputError(
      `${name}: is a damaged gzip file (${(error as Error).message}); a complete one is needed`,
      {
        cause: error,
      },
    );
  return fileError(error, name, 'read');
}

async function look(path: string): Promise<{ size: number; isGzip: boolean }> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new InputError(`${path}: is a folder; a file is needed here`);
    if (!found.isFile()) throw new InputError(`${path}: is a device or a pipe; a file is needed here`);
    if (found.size === 0) throw new InputError(`${path}: is empty; a data set is needed`);
    const file = await open(path);
    try {
      const { bytesRead, buffer } = await file.read(new Uint8Array(2), 0, 2, 0);
      return { size: found.size, isGzip: bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

import { open, type FileHandle } from 'node:fs/promises';
import { errorCode, fileError } from '../files/file-error.ts';

/** Bytes that are read at once. */
const BLOCK = 2 ** 20;

const LINE_FEED = 0x0a;

/**
 * Reads the whole lines of a file, one after the other, in blocks: memory does not grow with the file. An incomplete last line is left out; a
 * file that is not there has none.
 * @param visit gets each line without its line break, and its number from 1
 * @throws InputError when the file cannot be read
 */
export async function readLines(
  path: string,
  visit: (line: Buffer, number: number) => void,
  block: number = BLOCK,
): Promise<void> {
  const file = await openIfThere(path, 'r');
  if (file === undefined) return;
  try {
    let rest: Buffer = Buffer.alloc(0);
    let number = 0;
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(block), 0, block, null);
      if (bytesRead === 0) return;
      const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      let start = 0;
      for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
        visit(bytes.subarray(start, end), ++number);
        start = end + 1;
      }
      rest = bytes.subarray(start);
    }
  } catch (error) {
    throw fileError(error, path, 'read');
  } finally {
    await file.close();
  }
}

/**
 * Cuts lines off the end of a file, up to the last one that stays; an incomplete last line goes, too. Only the end of the file is read.
 * @param stays whether a line stays, with what is before it; called from the last line backwards
 * @returns the last line that is left; undefined when there is none
 * @throws InputError when the file cannot be read or written
 */
export async function cutLines(
  path: string,
  stays: (line: string) => boolean,
  block: number = BLOCK,
): Promise<string | undefined> {
  const file = await openIfThere(path, 'r+');
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const read = new BackwardsReader(file, block);
    for (let end = await read.endOfLines(size); end > 0;) {
      const start = await read.endOfLines(end - 1);
      const line = (await read.bytes(start, end - 1)).toString('utf8');
      if (stays(line)) {
        await shorten(file, size, end);
        return line;
      }
      end = start;
    }
    await shorten(file, size, 0);
    return undefined;
  } catch (error) {
    throw fileError(error, path, 'write');
  } finally {
    await file.close();
  }
}

/** Reads a file from its end to its beginning, each block once. */
class BackwardsReader {
  readonly #file: FileHandle;
  readonly #block: number;
  #bytes: Buffer = Buffer.alloc(0);
  /** Where the block lies in the file. */
  #start = 0;

  constructor(file: FileHandle, block: number) {
    this.#file = file;
    this.#block = block;
  }

  /** Where the last whole line before a place ends, its line break included; 0 when there is none. */
  async endOfLines(place: number): Promise<number> {
    for (let end = place; end > 0; end = this.#start) {
      if (end <= this.#start || end > this.#start + this.#bytes.length) {
        const start = Math.max(0, end - this.#block);
        this.#bytes = await this.#read(start, end);
        this.#start = start;
      }
      const found = this.#bytes.lastIndexOf(LINE_FEED, end - this.#start - 1);
      if (found >= 0) return this.#start + found + 1;
    }
    return 0;
  }

  async bytes(start: number, end: number): Promise<Buffer> {
    if (start >= this.#start && end <= this.#start + this.#bytes.length)
      return this.#bytes.subarray(start - this.#start, end - this.#start);
    return this.#read(start, end);
  }

  async #read(start: number, end: number): Promise<Buffer> {
    const bytes = Buffer.alloc(end - start);
    await this.#file.read(bytes, 0, bytes.length, start);
    return bytes;
  }
}

async function shorten(file: FileHandle, size: number, end: number): Promise<void> {
  if (end === size) return;
  await file.truncate(end);
  await file.sync();
}

async function openIfThere(path: string, flags: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, flags);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw fileError(error, path, flags === 'r' ? 'read' : 'write');
  }
}

import { crc32, inflateRawSync } from 'node:zlib';
import { InputError } from '@latentbrush/engine';

/** The signature of a local file header (APPNOTE.TXT, 4.3.7). */
const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
/** A comment after the end has at most 65,535 bytes. */
const MAX_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;
/** A field of 32 bits with this value is in the extra field of zip64. */
const IN_ZIP64 = 0xffffffff;
const ZIP64_EXTRA = 1;
const MAX_ENTRIES = 2 ** 16;

/** A file in a zip archive. */
interface ZipEntry {
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  readonly header: number;
}

/** Whether a file is a zip archive, by its beginning. */
export function isZip(head: Uint8Array): boolean {
  return head.length >= 4 && viewOf(head).getUint32(0, true) === LOCAL_HEADER;
}

/**
 * A zip archive in memory, untrusted: its files by their names. Nothing is unpacked before it is asked for, and nothing is written.
 */
export class ZipFile {
  readonly #bytes: Uint8Array;
  readonly #entries: ReadonlyMap<string, ZipEntry>;

  /**
   * @param bytes the whole archive
   * @throws InputError when its table of contents is damaged
   */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    try {
      this.#entries = readDirectory(bytes);
    } catch (error) {
      throw error instanceof RangeError ? damaged(error) : error;
    }
  }

  /** Bytes of the whole archive. */
  get size(): number {
    return this.#bytes.length;
  }

  /** The names of all files, in the order of the table of contents. */
  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /**
   * The contents of a file; undefined when there is none of this name. A file that is not compressed is a part of the archive's own bytes.
   * @param limit in bytes, checked before anything is unpacked
   * @param check whether its checksum has to be right; PyTorch can leave checksums out
   * @param stored whether it must not be compressed: then reading it costs nothing, however often
   * @throws InputError when it is larger than the limit, encrypted, damaged, or compressed against `stored`
   */
  read(name: string, limit: number, { check = false, stored = false } = {}): Uint8Array | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    const label = JSON.stringify(name);
    const { size, compressed, method } = entry;
    if (size > limit) {
      throw new InputError(`${label} in the archive has ${size} bytes, more than the limit of ${limit}`);
    }
    if (entry.encrypted) throw new InputError(`${label} in the archive is encrypted`);
    if (stored && method !== STORED)
      throw new InputError(`${label} in the archive is compressed; in such files it never is`);
    try {
      const start = dataStart(this.#bytes, entry.header);
      if (start + compressed > this.#bytes.length) throw damaged();
      const packed = this.#bytes.subarray(start, start + compressed);
      const contents = unpacked(packed, method, size);
      if (contents.length !== size || (check && crc32(contents) !== entry.crc)) throw damaged();
      return contents;
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw damaged(error);
    }
  }
}

function unpacked(packed: Uint8Array, method: number, size: number): Uint8Array {
  if (method === STORED) return packed;
  if (method !== DEFLATED)
    throw new InputError(`the archive is compressed by method ${method}, not by deflate`);
  return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
}

function dataStart(bytes: Uint8Array, header: number): number {
  const view = viewOf(bytes);
  if (view.getUint32(header, true) !== LOCAL_HEADER) throw damaged();
  return header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
}

function readDirectory(bytes: Uint8Array): ReadonlyMap<string, ZipEntry> {
  const view = viewOf(bytes);
  let { start, count } = directoryPlace(view);
  if (count > MAX_ENTRIES) throw new InputError(`the archive has ${count} files, more than ${MAX_ENTRIES}`);
  const entries = new Map<string, ZipEntry>();
  for (; count > 0; count--) {
    if (view.getUint32(start, true) !== CENTRAL_HEADER) throw damaged();
    const nameLength = view.getUint16(start + 28, true);
    const extraLength = view.getUint16(start + 30, true);
    const nameEnd = start + 46 + nameLength;
    const wide = zip64Fields(view, nameEnd, extraLength);
    const field = (at: number): number => {
      const value = view.getUint32(start + at, true);
      return value === IN_ZIP64 ? (wide.shift() ?? value) : value;
    };
    // In this order: that of the fields in the extra field.
    const size = field(24);
    const compressed = field(20);
    const header = field(42);
    const name = Buffer.from(bytes.subarray(start + 46, nameEnd)).toString('utf8');
    entries.set(name, {
      method: view.getUint16(start + 10, true),
      encrypted: (view.getUint16(start + 8, true) & 1) !== 0,
      crc: view.getUint32(start + 16, true),
      compressed,
      size,
      header,
    });
    start = nameEnd + extraLength + view.getUint16(start + 32, true);
  }
  return entries;
}

/** Where the table of contents begins, and of how many files. */
function directoryPlace(view: DataView): { start: number; count: number } {
  const least = Math.max(0, view.byteLength - END_BYTES - MAX_COMMENT);
  for (let end = view.byteLength - END_BYTES; end >= least; end--) {
    if (view.getUint32(end, true) !== END) continue;
    const locator = end - LOCATOR_BYTES;
    if (locator >= 0 && view.getUint32(locator, true) === END_64_LOCATOR) {
      const end64 = uint64(view, locator + 8);
      if (view.getUint32(end64, true) !== END_64) throw damaged();
      return { start: uint64(view, end64 + 48), count: uint64(view, end64 + 32) };
    }
    return { start: view.getUint32(end + 16, true), count: view.getUint16(end + 10, true) };
  }
  throw damaged();
}

/** The numbers of 64 bits in the extra field of an entry. */
function zip64Fields(view: DataView, start: number, length: number): number[] {
  for (let at = start; at + 4 <= start + length;) {
    const bytes = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === ZIP64_EXTRA) {
      return Array.from({ length: Math.floor(bytes / 8) }, (_, index) => uint64(view, at + 4 + 8 * index));
    }
    at += 4 + bytes;
  }
  return [];
}

/** @throws RangeError when it is larger than any file can be */
function uint64(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no place in a file`);
  return value;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(cause?: unknown): InputError {
  return new InputError('it is damaged or not a whole zip archive', { cause });
}

import { createHash } from 'node:crypto';
import { closeSync, constants, createReadStream, openSync, readSync, rmSync } from 'node:fs';
import { access, mkdtemp, open, readFile, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { removeLeftovers, replaceFile, syncFolder, writeFileAtomic } from '../../files/atomic-file.ts';
import { errorCode, fileError } from '../../files/file-error.ts';
import { lockFile } from '../../files/lock-file.ts';
import { makeFolder } from '../../files/make-folder.ts';

/** Kinds of data that are packed into one file: a folder of the cache for each. */
export const PACKED_KINDS = ['corpora', 'pictures'] as const;

/** Where a packed file lies in the cache. */
export interface PackedPlace {
  readonly cacheDir: string;
  readonly kind: (typeof PACKED_KINDS)[number];
  /** What determines its bytes: names, sizes and times of its sources, and how they were read; any JSON value. */
  readonly key: unknown;
}

/** What a packed file contains, and how its making continues after an interruption. */
export interface PackedForm<Contents, State> {
  /** The source, for people: a path. */
  readonly source: string;
  /** The description of the data. */
  readonly contents: z.ZodType<Contents>;
  /** What is needed to continue making it. */
  readonly state: z.ZodType<State>;
  readonly signal?: AbortSignal | undefined;
}

/** A packed file that is being made: bytes are only added. */
export interface PackedPart<State> {
  /** The state that an interrupted process saved last; undefined at the beginning. Bytes that it added after that are gone. */
  readonly state: State | undefined;
  append(bytes: Uint8Array): Promise<void>;
  /** Reads what was added. */
  read(start: number, target: Uint8Array): void;
  /** Forces what was added to the disk: from here it can be continued. */
  save(state: State): Promise<void>;
}

/** A packed file in the cache. */
export interface Packed<Contents> {
  readonly contents: Contents;
  readonly data: PackedData;
}

const VERSION = 1;

const indexOf = <Contents>(contents: z.ZodType<Contents>) =>
  z.object({
    version: z.literal(VERSION),
    source: z.string(),
    bytes: z.int().min(0),
    sha256: z.string(),
    contents,
  });

const partOf = <State>(state: z.ZodType<State>) => z.object({ bytes: z.int().min(0), state });

/** A file that is open. */
interface Opened {
  file: number | undefined;
}

const unused = new FinalizationRegistry<Opened>(close);

function close(opened: Opened): void {
  if (opened.file !== undefined) closeSync(opened.file);
  opened.file = undefined;
}

/** The bytes of a packed file, read where they are needed. The file is opened at the first read, and closed when nobody uses it any more. */
export class PackedData {
  readonly path: string;
  readonly bytes: number;
  readonly #opened: Opened = { file: undefined };

  constructor(path: string, bytes: number) {
    this.path = path;
    this.bytes = bytes;
    unused.register(this, this.#opened);
  }

  /** Fills `target` with the bytes from `start` on. @throws InputError when the file is gone or shorter */
  read(start: number, target: Uint8Array): void {
    try {
      const file = (this.#opened.file ??= openSync(this.path, 'r'));
      for (let done = 0; done < target.length;) {
        const read = readSync(file, target, done, target.length - done, start + done);
        if (read === 0)
          throw new InputError(
            `${this.path}: ends before byte ${start + target.length}; start again, then the data are prepared again`,
          );
        done += read;
      }
    } catch (error) {
      throw fileError(error, this.path, 'read');
    }
  }

  /** Closes the file; the next read opens it again. */
  release(): void {
    close(this.#opened);
  }
}

/**
 * Data as a packed file: from the cache, or made now. One in the cache is used only if its bytes have the recorded SHA-256; a damaged one is made
 * again. A new file gets its name when it is whole. If the process is stopped or killed before, the next one continues from the last saved state.
 * If another process makes the same file at this moment, this one makes its own: the bytes are the same, and the last one stays.
 * Where the cache cannot be written, the file is a temporary one of this process.
 * @param fill adds the bytes and returns the description
 * @throws InputError when the disk is full: then nothing is left of the file
 */
export async function packed<Contents, State>(
  place: PackedPlace,
  form: PackedForm<Contents, State>,
  fill: (part: PackedPart<State>) => Promise<Contents>,
): Promise<Packed<Contents>> {
  const base = basePath(place);
  return (await openPacked(base, form)) ?? make(await writablePlace(base), form, fill);
}

/** The place, if its folder can be written; else one in a folder for temporary files that is removed when the process ends. */
async function writablePlace(base: string): Promise<string> {
  try {
    await makeFolder(dirname(base));
    await access(dirname(base), constants.W_OK);
    return base;
  } catch (error) {
    if (errorCode(error) === 'ENOSPC') throw fileError(error, dirname(base), 'write');
    const folder = await mkdtemp(join(tmpdir(), 'latentbrush-'));
    process.once('exit', () => {
      rmSync(folder, { recursive: true, force: true });
    });
    return join(folder, basename(base));
  }
}

function basePath({ cacheDir, kind, key }: PackedPlace): string {
  const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 24);
  return join(cacheDir, kind, name);
}

async function openPacked<Contents, State>(
  base: string,
  { contents: schema, signal }: PackedForm<Contents, State>,
): Promise<Packed<Contents> | undefined> {
  const file = dataPath(base);
  try {
    const index = indexOf(schema).parse(JSON.parse(await readFile(indexPath(base), 'utf8')));
    if ((await stat(file)).size !== index.bytes || (await digest(file, signal)) !== index.sha256)
      return undefined;
    const now = new Date();
    await utimes(indexPath(base), now, now).catch(() => undefined); // for `data cache`; a cache may be read-only
    return { contents: index.contents, data: new PackedData(file, index.bytes) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof SyntaxError || error instanceof z.ZodError || errorCode(error) !== undefined)
      return undefined;
    throw error;
  }
}

async function make<Contents, State>(
  base: string,
  form: PackedForm<Contents, State>,
  fill: (part: PackedPart<State>) => Promise<Contents>,
): Promise<Packed<Contents>> {
  const file = dataPath(base);
  try {
    await removeLeftovers(dirname(base));
    const lock = await lockFile(`${base}.lock`);
    const described = async (contents: Contents): Promise<Packed<Contents>> => {
      const { size: bytes } = await stat(file);
      const sha256 = await digest(file, form.signal);
      const index = { version: VERSION, source: form.source, bytes, sha256, contents };
      await writeFileAtomic(indexPath(base), `${JSON.stringify(index)}\n`);
      return { contents, data: new PackedData(file, bytes) };
    };
    if ('release' in lock) {
      try {
        // Another process may have made it since it was looked for. It keeps the lock until the description is written.
        return (await openPacked(base, form)) ?? (await described(await fillPart(base, form, fill)));
      } finally {
        await lock.release();
      }
    } else {
      const whole = async (output: FileHandle): Promise<Contents> =>
        fill({
          state: undefined,
          append: (bytes) => append(output, bytes),
          read: (start, target) => readWhole(output.fd, file, start, target),
          save: () => Promise.resolve(),
        });
      let made: Contents | undefined;
      await replaceFile(file, async (output) => {
        made = await whole(output);
      });
      return await described(made!);
    }
  } catch (error) {
    const explained = fileError(error, file, 'write');
    if (explained === error || error instanceof InputError) throw error;
    throw new InputError(`${explained.message} (the cache folder: LATENTBRUSH_CACHE_DIR sets another)`, {
      cause: error,
    });
  }
}

/** Makes the file under the name `.part`, beside which `.part.json` says how to continue. */
async function fillPart<Contents, State>(
  base: string,
  { state: schema, signal }: PackedForm<Contents, State>,
  fill: (part: PackedPart<State>) => Promise<Contents>,
): Promise<Contents> {
  const [path, statePath] = [`${base}.part`, `${base}.part.json`];
  const found = await savedPart(path, statePath, schema);
  const output = await open(path, found === undefined ? 'w+' : 'r+');
  let contents: Contents;
  try {
    let bytes = found?.bytes ?? 0;
    await output.truncate(bytes);
    contents = await fill({
      state: found?.state,
      append: async (added) => {
        await append(output, added, bytes);
        bytes += added.length;
      },
      read: (start, target) => readWhole(output.fd, path, start, target),
      save: async (state) => {
        await output.datasync();
        await writeFileAtomic(statePath, `${JSON.stringify({ bytes, state })}\n`);
      },
    });
    await output.sync();
  } catch (error) {
    await output.close();
    if (signal?.aborted !== true)
      for (const left of [path, statePath]) await rm(left, { force: true }).catch(() => undefined);
    throw error;
  }
  await output.close();
  await rename(path, dataPath(base));
  await rm(statePath, { force: true });
  await syncFolder(dirname(base));
  return contents;
}

async function savedPart<State>(
  path: string,
  statePath: string,
  schema: z.ZodType<State>,
): Promise<{ readonly bytes: number; readonly state: State } | undefined> {
  try {
    const found = partOf(schema).parse(JSON.parse(await readFile(statePath, 'utf8')));
    return (await stat(path)).size >= found.bytes ? found : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError || errorCode(error) === 'ENOENT')
      return undefined;
    throw error;
  }
}

async function append(output: FileHandle, bytes: Uint8Array, position?: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const at = position === undefined ? null : position + done;
    done += (await output.write(bytes, done, bytes.length - done, at)).bytesWritten;
  }
}

function readWhole(file: number, path: string, start: number, target: Uint8Array): void {
  for (let done = 0; done < target.length;) {
    const read = readSync(file, target, done, target.length - done, start + done);
    if (read === 0) throw new InputError(`${path}: is shorter than it was; start again`);
    done += read;
  }
}

async function digest(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  const stream = createReadStream(path, { highWaterMark: 2 ** 20, ...(signal && { signal }) });
  for await (const chunk of stream) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

function dataPath(base: string): string {
  return `${base}.bin`;
}

function indexPath(base: string): string {
  return `${base}.json`;
}

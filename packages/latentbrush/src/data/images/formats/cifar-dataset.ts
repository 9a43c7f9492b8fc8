import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { createTarDecoder } from 'modern-tar';
import { fileError } from '../../../files/file-error.ts';
import { ByteStream, withByteStream } from './byte-stream.ts';
import { CIFAR_PICTURE, CIFAR_SIDE, CifarRecords } from './cifar.ts';
import type { DatasetContents } from '../image-dataset.ts';
import type { Allow } from '../memory-bound.ts';

/** Files of a data set in the binary form of CIFAR-10. */
export type CifarFiles =
  | { readonly train: readonly string[]; readonly test: readonly string[] }
  | { readonly archive: string };

/** Options for reading CIFAR files. */
export interface CifarReading {
  readonly name: string;
  /** Keep this class only. */
  readonly only: number | undefined;
  readonly maxBytes: number | undefined;
  readonly allow: Allow;
  readonly signal: AbortSignal | undefined;
}

const ARCHIVE = /^cifar-10-binary\.tar\.gz$/;
const TRAIN_BATCH = /^data_batch_\d\.bin(?:\.gz)?$/;
const TEST_BATCH = /^test_batch\.bin(?:\.gz)?$/;
const RECORDS = /\.bin(?:\.gz)?$/i;

const SHAPE = { channels: 3, height: CIFAR_SIDE, width: CIFAR_SIDE } as const;

/** Whether a file is one of CIFAR records, or an archive of such files, by its name. */
export function isCifarName(path: string): 'records' | 'archive' | undefined {
  if (RECORDS.test(path)) return 'records';
  return /\.(?:tar|tar\.gz|tgz)$/i.test(path) ? 'archive' : undefined;
}

/**
 * The files of CIFAR-10 in a folder: the batches, or the downloaded archive. Undefined when there are none.
 */
export async function findCifarBatches(folder: string): Promise<CifarFiles | undefined> {
  const names = await namesIn(folder);
  const train = pathsOf(folder, names, (name) => TRAIN_BATCH.test(name));
  const test = pathsOf(folder, names, (name) => TEST_BATCH.test(name));
  if (train.length > 0) return { train, test };
  const archive = names.find((name) => ARCHIVE.test(name));
  if (archive !== undefined) return { archive: join(folder, archive) };
  return test.length > 0 ? { train: [], test } : undefined;
}

/**
 * All files with CIFAR records in a folder, or those with a word in their names; "test" in the name means the test set. Undefined when
 * there are none.
 */
export async function findCifarRecords(folder: string, word = ''): Promise<CifarFiles | undefined> {
  const names = (await namesIn(folder)).filter((name) => RECORDS.test(name) && name.includes(word));
  const train = pathsOf(folder, names, (name) => !name.includes('test'));
  const test = pathsOf(folder, names, (name) => name.includes('test'));
  return names.length === 0 ? undefined : { train, test };
}

/**
 * Reads the records of the training set and the test set.
 * @throws InputError when a file is damaged or too large
 */
export async function readCifarDataset(
  files: CifarFiles,
  reading: CifarReading,
): Promise<{ readonly train: DatasetContents | undefined; readonly test: DatasetContents | undefined }> {
  if ('archive' in files) return readArchive(files.archive, reading);
  return { train: await readFiles(files.train, reading), test: await readFiles(files.test, reading) };
}

async function readFiles(
  paths: readonly string[],
  reading: CifarReading,
): Promise<DatasetContents | undefined> {
  if (paths.length === 0) return undefined;
  const records = newRecords(reading);
  for (const path of paths) {
    reading.signal?.throwIfAborted();
    await withByteStream(path, reading.maxBytes, (stream) => records.add(stream));
  }
  return contentsOf(records.labels, records.pixels, paths.map((path) => resolve(path)).join(','), reading);
}

/** The batches in the archive are unordered; we sort them by number. */
async function readArchive(
  path: string,
  reading: CifarReading,
): Promise<{ readonly train: DatasetContents | undefined; readonly test: DatasetContents | undefined }> {
  const batches = await withByteStream(path, reading.maxBytes, (stream) => readBatches(stream, reading));
  const names = [...batches.keys()].sort();
  const join = (wanted: RegExp): DatasetContents | undefined =>
    joinRecords(
      names.filter((name) => wanted.test(name)).map((name) => batches.get(name)!),
      resolve(path),
      reading,
    );
  if (names.length === 0)
    throw new InputError(
      `${path}: contains no data_batch_1.bin or test_batch.bin; the archive of CIFAR-10 is needed`,
    );
  return { train: join(TRAIN_BATCH), test: join(TEST_BATCH) };
}

async function readBatches(stream: ByteStream, reading: CifarReading): Promise<Map<string, CifarRecords>> {
  const batches = new Map<string, CifarRecords>();
  try {
    const entries = webStream(stream.chunks()).pipeThrough(createTarDecoder({ strict: true }));
    for await (const { header, body } of entries) {
      reading.signal?.throwIfAborted();
      const name = basename(header.name);
      if (!TRAIN_BATCH.test(name) && !TEST_BATCH.test(name)) {
        await readOver(body);
        continue;
      }
      const records = newRecords(reading);
      const limits = { largest: header.size, isExact: true, maxBytes: reading.maxBytes };
      await records.add(new ByteStream(`${stream.name} (${header.name})`, body, limits));
      batches.set(name, records);
    }
  } catch (error) {
    throw archiveError(error, stream.name, reading.signal);
  }
  return batches;
}

function newRecords({ only, allow }: CifarReading): CifarRecords {
  return new CifarRecords(only, (bytes) => allow(bytes, SHAPE));
}

/** modern-tar 0.8.6 loses the end of the next file when a small one is cancelled; so we read it. */
async function readOver(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader();
  while (!(await reader.read()).done);
}

function webStream(chunks: AsyncGenerator<Uint8Array, void>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return();
    },
  });
}

function joinRecords(
  parts: readonly CifarRecords[],
  source: string,
  reading: CifarReading,
): DatasetContents | undefined {
  if (parts.length === 0) return undefined;
  const total = parts.reduce((sum, { pixels }) => sum + pixels.length, 0);
  reading.allow(2 * total, SHAPE);
  const pixels = new Uint8Array(total);
  let start = 0;
  for (const part of parts) {
    pixels.set(part.pixels, start);
    start += part.pixels.length;
  }
  return contentsOf(
    parts.flatMap(({ labels }) => labels),
    pixels,
    source,
    reading,
  );
}

function contentsOf(
  labels: readonly string[],
  pixels: Uint8Array,
  origin: string,
  { name }: CifarReading,
): DatasetContents {
  if (pixels.length === 0)
    throw new InputError(`${origin}: contains no picture of ${name}; another file is needed`);
  if (pixels.length !== labels.length * CIFAR_PICTURE)
    throw new Error(`${name}: the numbers of labels and pictures differ`);
  return { name, origin, ...SHAPE, pixels, labels, captions: undefined, skipped: [] };
}

function archiveError(error: unknown, path: string, signal: AbortSignal | undefined): unknown {
  if (error instanceof InputError || signal?.aborted === true) return error;
  const said = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
  return new InputError(
    `${path}: is a damaged or truncated tar archive (${said}); a complete one is needed`,
    {
      cause: error,
    },
  );
}

function pathsOf(folder: string, names: readonly string[], wanted: (name: string) => boolean): string[] {
  const found = names.filter(wanted).sort();
  // A file and its compressed form count once.
  return found
    .filter((name) => !(name.endsWith('.gz') && found.includes(name.slice(0, -3))))
    .map((name) => join(folder, name));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw fileError(error, folder, 'read');
  }
}

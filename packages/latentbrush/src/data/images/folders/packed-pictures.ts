import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { z } from 'zod';
import { packed, type PackedPart } from '../../cache/packed-file.ts';
import { defaultCacheDir } from '../../download/folders.ts';
import type { ImageDatasetOptions } from '../image-dataset-options.ts';
import { digestOf, type FileDigest } from '../image-dataset.ts';
import { inParallel } from '../in-parallel.ts';
import { PicturesInFile, type PictureStore } from '../picture-store.ts';
import { decodePictures, START, type Decoded, type DecodeForm } from './decode-pictures.ts';

/** The version of the rules by which pictures are decoded and packed. */
const VERSION = 1;

/** Bytes of picture files from which the decoded pictures are kept: fewer are decoded in about a second. */
const PACKED_FROM = 8 * 2 ** 20;

/** Milliseconds of decoding between two states from which it can continue. */
const SAVED_EVERY = 10_000;

/** Pictures of a folder that belong together. */
interface PictureFiles {
  readonly folder: string;
  readonly paths: readonly string[];
}

/** Pictures that are worth a packed file, and what determines it. */
export interface PicturesToPack {
  readonly files: readonly PictureFiles[];
  /** Paths of all pictures of the folder, in order. */
  readonly listed: readonly string[];
  readonly key: unknown;
}

/** Decoded pictures in a packed file. */
export interface PackedPictures {
  /** All files of the folder, as recipes have them; undefined when some were not read. */
  readonly fileDigest: FileDigest | undefined;
  readonly channels: 1 | 3;
  readonly parts: readonly {
    readonly decoded: Decoded;
    readonly pictures: PictureStore;
    /** The digest of the data set. */
    readonly sha256: string;
  }[];
}

const decodedSchema = z.object({
  done: z.int(),
  skipped: z.array(z.tuple([z.int(), z.string()])),
  several: z.array(z.int()),
  isGrey: z.boolean(),
  digests: z.array(z.string()),
});

const contentsSchema = z.object({
  channels: z.union([z.literal(1), z.literal(3)]),
  parts: z.array(z.object({ decoded: decodedSchema, sha256: z.string() })),
  fileDigest: z.object({ sha256: z.string(), files: z.int() }).optional(),
});

/** The parts that are done or begun. */
const stateSchema = z.array(decodedSchema);

/** The pictures with the times and sizes of their files; undefined if the files are few and small. */
export async function picturesToPack(
  files: readonly PictureFiles[],
  listed: readonly string[],
  form: DecodeForm,
  { channels, packedFrom = PACKED_FROM, signal }: ImageDatasetOptions,
): Promise<PicturesToPack | undefined> {
  let total = 0;
  const stamps: unknown[] = [];
  for (const { folder, paths } of files) {
    const ofPart: unknown[] = Array.from({ length: paths.length });
    await inParallel(
      paths.length,
      async (index) => {
        const path = paths[index]!;
        const found = await stat(path).catch(() => undefined); // the decoder says why it cannot be read
        total += found?.size ?? 0;
        ofPart[index] = [relative(folder, path), found?.size, found?.mtimeMs, found?.ctimeMs];
      },
      signal,
    );
    stamps.push([resolve(folder), ofPart]);
  }
  if (total < packedFrom) return undefined;
  return { files, listed, key: { version: VERSION, form, channels, stamps } };
}

/**
 * The decoded pictures of a folder, from the cache, or decoded now into a file of it. Memory does not grow with their number.
 * @param labelsOf the classes of the pictures of a part
 * @throws InputError when none of a part can be read, or the disk is full
 */
export async function packPictures(
  { files, listed, key }: PicturesToPack,
  folder: string,
  form: DecodeForm,
  labelsOf: (part: number, decoded: Decoded) => readonly string[] | undefined,
  options: ImageDatasetOptions,
): Promise<PackedPictures> {
  const { cacheDir = defaultCacheDir(), signal } = options;
  const wanted = { source: resolve(folder), contents: contentsSchema, state: stateSchema, signal };
  const { contents, data } = await packed({ cacheDir, kind: 'pictures', key }, wanted, async (part) => {
    const decoded = await decodeInto(part, files, form, options);
    const isGrey = options.channels === undefined && decoded.every((each) => each.isGrey);
    const channels = isGrey ? 1 : form.channels;
    const { size } = form;
    const stores = storesOf(part, decoded, form, channels);
    const parts = decoded.map((each, index) => {
      const facts = { channels, height: size, width: size, labels: labelsOf(index, each) };
      return { decoded: { ...mutable(each), digests: [] }, sha256: digestOf(facts, stores[index]!) };
    });
    return { channels, parts, fileDigest: filesDigest(listed, files, decoded) };
  });
  const { channels, parts, fileDigest } = contents;
  const stores = storesOf(
    data,
    parts.map(({ decoded }) => decoded),
    form,
    channels,
  );
  return { channels, fileDigest, parts: parts.map((each, index) => ({ ...each, pictures: stores[index]! })) };
}

async function decodeInto(
  part: PackedPart<z.output<typeof stateSchema>>,
  files: readonly PictureFiles[],
  form: DecodeForm,
  options: ImageDatasetOptions,
): Promise<Decoded[]> {
  const before = part.state ?? [];
  const decoded: Decoded[] = [];
  let saved = performance.now();
  for (const [index, { folder, paths }] of files.entries()) {
    const add = async (pixels: Uint8Array, now: Decoded): Promise<void> => {
      await part.append(pixels);
      if (performance.now() - saved < SAVED_EVERY && options.signal?.aborted !== true) return;
      await part.save([...decoded, now].map(mutable));
      saved = performance.now();
    };
    decoded.push(await decodePictures(folder, paths, form, before[index] ?? START, add, options));
  }
  return decoded;
}

/** Where the parts lie in the file; grey pictures of three equal channels are read by their first. */
function storesOf(
  data: ConstructorParameters<typeof PicturesInFile>[0],
  decoded: readonly Decoded[],
  form: DecodeForm,
  channels: 1 | 3,
): PicturesInFile[] {
  const plane = form.size * form.size;
  const stride = form.channels * plane;
  let start = 0;
  return decoded.map(({ done, skipped }) => {
    const count = done - skipped.length;
    const store = new PicturesInFile(data, { count, size: channels * plane, stride, start });
    start += count * stride;
    return store;
  });
}

function mutable({ done, skipped, several, isGrey, digests }: Decoded): z.output<typeof decodedSchema> {
  return {
    done,
    skipped: skipped.map(([index, reason]) => [index, reason]),
    several: [...several],
    isGrey,
    digests: [...digests],
  };
}

/** The checksum of a folder as `recipeFolder` computes it; undefined when a file was not read. */
function filesDigest(
  listed: readonly string[],
  files: readonly PictureFiles[],
  decoded: readonly Decoded[],
): FileDigest | undefined {
  const digests = new Map(
    files.flatMap(({ paths }, part) =>
      paths.map((path, index) => [path, decoded[part]!.digests[index]] as const),
    ),
  );
  const hash = createHash('sha256');
  for (const path of listed) {
    const digest = digests.get(path);
    if (digest === undefined || digest === '') return undefined;
    hash.update(`${digest}\n`);
  }
  return { sha256: hash.digest('hex'), files: listed.length };
}

import { naturallySorted, READING_RULES, type ReadingRules } from '../../../files/list-files.ts';
import { basename, extname, join, relative, resolve, sep } from 'node:path';
import {
  chosenPictures,
  SIZE_OTHERWISE,
  type DatasetParts,
  type ImageDatasetOptions,
} from '../image-dataset-options.ts';
import { contentsInFile, type DatasetContents, type SkippedPicture } from '../image-dataset.ts';
import { WORKERS } from '../in-parallel.ts';
import type { MemoryBound } from '../memory-bound.ts';
import { BLOCK_BYTES, decodePictures, START, type Decoded, type DecodeForm } from './decode-pictures.ts';
import { packPictures, picturesToPack } from './packed-pictures.ts';
import { listPictures } from './picture-folder.ts';
import { noteOfSeveral } from './several-pictures.ts';

/** Memory of one picture during decoding: its file and the rows in the codec. */
const WORK_BYTES = 64 * 2 ** 20;

const TEST_FOLDERS = new Set(['test', 'val', 'valid', 'validation']);

/** Pictures of a folder that belong together. */
interface PictureFiles {
  /** The folder whose sub-folders are the classes. */
  readonly folder: string;
  readonly paths: readonly string[];
}

/** A part of a data set without its pixels. */
type Facts = Omit<DatasetContents, 'pixels' | 'store' | 'sha256' | 'channels'>;

/**
 * Reads a folder of pictures, sub-folders too, in the natural order of their paths. The sub-folder of a picture is its class, if there are
 * sub-folders. Sub-folders `train` and `test` (or `val`, `valid`, `validation`) are the two parts; they contain the classes. A file with
 * several pictures (an animation, a TIFF of several pages) gives its first; `note` names such files. Unreadable files and broken links are
 * left out and listed in `skipped`. The decoded pictures of a large folder stay in a file of the cache. Without `channels` there is one channel if all pictures are grey, else three.
 * @throws InputError when there are no pictures or none can be read
 */
export async function readFolderDataset(
  folder: string,
  options: ImageDatasetOptions,
  memory: MemoryBound,
): Promise<DatasetParts> {
  const links: SkippedPicture[] = [];
  const { rules = READING_RULES } = options;
  const listed = await listPictures(folder, {
    leftOut: (path, reason) => links.push({ path, reason }),
    rules,
  });
  const { train, test } = split(folder, listed);
  const files = (test === undefined ? [train] : [train, test]).map((part) => ({
    ...part,
    paths: Array.from(chosenPictures(part.paths.length, options), (index) => part.paths[index]!),
  }));
  const { sizeOtherwise = SIZE_OTHERWISE, fit, background } = options;
  const { size = sizeOtherwise, channels = 3 } = options;
  const form = { size, channels, fit, background, rules };
  const name = basename(resolve(folder)).normalize('NFC');
  const factsOf = (part: number, decoded: Decoded): Facts =>
    partFacts(files[part]!, decoded, { name, size, rules });
  const pack = await picturesToPack(files, listed, form, options);
  const reading = { folder, form, options, factsOf, memory };
  const found = pack === undefined ? await readInMemory(files, reading) : await readPacked(pack, reading);
  const [first, second] = found.map(({ contents }) => contents);
  const several = found.flatMap(({ decoded }, part) => decoded.several.map((at) => files[part]!.paths[at]!));
  const note = noteOfSeveral(naturallySorted(several));
  return { train: first!(links), test: second?.([]), ...(note !== undefined && { note }) };
}

/** How the parts of a folder are read. */
interface FolderReading {
  readonly folder: string;
  readonly form: DecodeForm;
  readonly options: ImageDatasetOptions;
  readonly factsOf: (part: number, decoded: Decoded) => Facts;
  readonly memory: MemoryBound;
}

/** A part that was read: its description, and its contents with these files named as left out before its own. */
interface ReadPart {
  readonly decoded: Decoded;
  readonly contents: (links: readonly SkippedPicture[]) => DatasetContents;
}

async function readInMemory(files: readonly PictureFiles[], reading: FolderReading): Promise<ReadPart[]> {
  const { form, options, factsOf, memory } = reading;
  const size = form.channels * form.size * form.size;
  const parts: { readonly pixels: Uint8Array; readonly decoded: Decoded }[] = [];
  for (const { folder, paths } of files) {
    memory.check(paths.length * size + WORKERS * WORK_BYTES, folder);
    const pixels = new Uint8Array(paths.length * size);
    let length = 0;
    const add = (block: Uint8Array): void => {
      pixels.set(block, length);
      length += block.length;
    };
    const decoded = await decodePictures(folder, paths, form, START, add, options);
    parts.push({ pixels: length === pixels.length ? pixels : pixels.slice(0, length), decoded });
  }
  const isGrey = options.channels === undefined && parts.every(({ decoded }) => decoded.isGrey);
  return parts.map(({ pixels, decoded }, part) => ({
    decoded,
    contents: (links) => {
      const facts = factsOf(part, decoded);
      return {
        ...facts,
        skipped: [...links, ...facts.skipped],
        channels: isGrey ? 1 : form.channels,
        pixels: isGrey ? firstChannel(pixels, form.size * form.size) : pixels,
      };
    },
  }));
}

async function readPacked(
  pack: Parameters<typeof packPictures>[0],
  { folder, form, options, factsOf, memory }: FolderReading,
): Promise<ReadPart[]> {
  memory.check(BLOCK_BYTES + WORKERS * WORK_BYTES, folder);
  const labelsOf = (part: number, decoded: Decoded): readonly string[] | undefined =>
    factsOf(part, decoded).labels;
  const { channels, parts, fileDigest } = await packPictures(pack, folder, form, labelsOf, options);
  return parts.map(({ decoded, pictures, sha256 }, part) => ({
    decoded,
    contents: (links) => {
      const facts = factsOf(part, decoded);
      return contentsInFile(
        { ...facts, channels, fileDigest, skipped: [...links, ...facts.skipped] },
        pictures,
        sha256,
      );
    },
  }));
}

function partFacts(
  { folder, paths }: PictureFiles,
  { skipped }: Decoded,
  { name, size, rules }: { readonly name: string; readonly size: number; readonly rules: ReadingRules },
): Facts {
  const left = new Set(skipped.map(([index]) => index));
  const kept = paths.filter((_, index) => !left.has(index));
  return {
    name,
    origin: resolve(folder),
    height: size,
    width: size,
    labels:
      rules === 1 ? labelsOf(folder, kept) : labelsOf(folder, kept)?.map((label) => label.normalize('NFC')),
    captions: kept.map((path) => basename(path, extname(path)).normalize('NFC').replace(/[-_]+/g, ' ')),
    skipped: skipped.map(([index, reason]) => ({ path: paths[index]!, reason: `${paths[index]!}${reason}` })),
    rules,
  };
}

/** Grey pictures with the first of their three equal channels. */
function firstChannel(pixels: Uint8Array, plane: number): Uint8Array {
  const grey = new Uint8Array(pixels.length / 3);
  for (let n = 0; n * plane < grey.length; n++)
    grey.set(pixels.subarray(3 * n * plane, (3 * n + 1) * plane), n * plane);
  return grey;
}

function split(folder: string, paths: readonly string[]): { train: PictureFiles; test?: PictureFiles } {
  const tops = [...new Set(paths.map((path) => partsOf(folder, path)[0]!))];
  const train = tops.find((name) => name.toLowerCase() === 'train');
  const test = tops.find((name) => TEST_FOLDERS.has(name.toLowerCase()));
  if (tops.length !== 2 || train === undefined || test === undefined) return { train: { folder, paths } };
  const part = (name: string): PictureFiles => ({
    folder: join(folder, name),
    paths: paths.filter((path) => partsOf(folder, path)[0] === name),
  });
  return { train: part(train), test: part(test) };
}

/** The class of each picture: its first sub-folder, or the folder's own name; undefined without sub-folders. */
function labelsOf(folder: string, paths: readonly string[]): string[] | undefined {
  const parts = paths.map((path) => partsOf(folder, path));
  if (parts.every(({ length }) => length === 1)) return undefined;
  return parts.map((names) => (names.length > 1 ? names[0]! : basename(resolve(folder))));
}

function partsOf(folder: string, path: string): string[] {
  return relative(folder, path).split(sep);
}

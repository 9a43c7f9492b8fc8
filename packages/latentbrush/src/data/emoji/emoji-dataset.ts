import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { rasterizeSvg, rasterizerVersion } from '../../image/index.ts';
import { version } from '../../version.ts';
import { readDrawnEmoji, writeDrawnEmoji, type DrawnEmoji } from './emoji-cache.ts';
import { faceRules, parseEmojiQuery, selectEmoji, type EmojiQuery } from './emoji-query.ts';
import { emojiPackage, loadEmojiSet, type Emoji } from './emoji-sets.ts';
import { defaultCacheDir } from '../download/folders.ts';
import {
  chosenPictures,
  SIZE_OTHERWISE,
  type DatasetParts,
  type ImageDatasetOptions,
} from '../images/image-dataset-options.ts';
import { selectPictures, type DatasetContents } from '../images/image-dataset.ts';
import { inParallel } from '../images/in-parallel.ts';
import type { MemoryBound } from '../images/memory-bound.ts';

const WHITE = [255, 255, 255] as const;

/** Measured memory of the drawings of all sets. */
const DRAWINGS_BYTES = 200 * 2 ** 20;

/** Larger collections are not cached: drawing them again is cheaper. */
const LARGEST_KEPT = 2 ** 30;

/**
 * The emoji that come with the program, drawn over a background, white by default: all, or those of a query (see `parseEmojiQuery`). They
 * are drawn once for each size and background and kept in the cache folder. With `limit` only the chosen ones are drawn, without the cache.
 * Labels are the categories of Unicode, captions name and set: "grinning face, noto".
 * @param query the text after `emoji:`; empty for all
 * @throws InputError when the query finds none
 */
export async function readEmojiDataset(
  query: string,
  options: ImageDatasetOptions,
  memory: MemoryBound,
): Promise<DatasetParts> {
  const { background = WHITE, cacheDir = defaultCacheDir(), limit } = options;
  const { sizeOtherwise = SIZE_OTHERWISE, size = sizeOtherwise } = options;
  const asked = parseEmojiQuery(query);
  const packages = await Promise.all(asked.sets.map(emojiPackage));
  const rules = { version, faceRules, rasterizer: await rasterizerVersion(), packages };
  const key = { terms: asked.terms, size, background, rules };
  const path = join(cacheDir, 'emoji', fileName(key));
  const name = query === '' ? 'emoji' : `emoji:${query}`;
  const origin = packages.map((name) => `npm:${name}`).join(', ');
  const contents = (drawn: DrawnEmoji): DatasetContents => {
    return { name, origin, channels: 3, height: size, width: size, ...drawn, skipped: [] };
  };
  const kept = await readDrawnEmoji(path, size);
  if (kept !== undefined) {
    const all = contents(kept);
    const some = limit === undefined ? all : selectPictures(all, chosenPictures(kept.labels.length, options));
    return { train: some, test: undefined };
  }
  const emoji = await load(asked);
  const chosen = Array.from(chosenPictures(emoji.length, options), (index) => emoji[index]!);
  memory.check(DRAWINGS_BYTES + 2 * chosen.length * 3 * size * size, name);
  const drawn = await draw(chosen, size, background, options);
  const note = chosen.length < emoji.length ? undefined : await keep(path, size, drawn);
  return { train: contents(drawn), test: undefined, ...(note !== undefined && { note }) };
}

function fileName(key: { readonly terms: readonly string[]; readonly size: number }): string {
  const digest = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 12);
  const words = key.terms
    .join('+')
    .replace(/[^a-z0-9+]+/g, '-')
    .slice(0, 40);
  return `${words === '' ? 'all' : words}-${key.size}-${digest}`;
}

async function load(query: EmojiQuery): Promise<Emoji[]> {
  return selectEmoji((await Promise.all(query.sets.map(loadEmojiSet))).flat(), query);
}

async function draw(
  emoji: readonly Emoji[],
  size: number,
  background: readonly [number, number, number],
  { onProgress, signal }: ImageDatasetOptions,
): Promise<DrawnEmoji> {
  const bytes = 3 * size * size;
  const pixels = new Uint8Array(emoji.length * bytes);
  let done = 0;
  await inParallel(
    emoji.length,
    async (index) => {
      pixels.set(await rasterizeSvg(emoji[index]!.drawing, size, background), index * bytes);
      onProgress?.({ done: ++done, total: emoji.length, unit: 'pictures drawn' });
    },
    signal,
  );
  return {
    pixels,
    labels: emoji.map(({ category }) => category),
    captions: emoji.map(({ name, set }) => `${name}, ${set}`),
  };
}

/** @returns a note if they could not be cached: that is no reason to stop */
async function keep(path: string, size: number, drawn: DrawnEmoji): Promise<string | undefined> {
  if (drawn.pixels.length > LARGEST_KEPT) return undefined;
  try {
    await writeDrawnEmoji(path, size, drawn);
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return `the drawn emoji could not be cached: ${error.message}`;
  }
}

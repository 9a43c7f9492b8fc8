import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '@latentbrush/engine';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { recipeFolder } from '../../../image/index.ts';
import { mountSmallDisk } from '../../../testing/small-disk.ts';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { loadImageDataset } from '../../load-image-dataset.ts';
import { pictureAt, storeOf, subset } from '../image-dataset.ts';
import type { ImageDatasetOptions } from '../image-dataset-options.ts';
import { WORKERS } from '../in-parallel.ts';
import { nearestPictures } from '../nearest-pictures.ts';
import { PictureBatches } from '../picture-batches.ts';
import { BLOCK_BYTES } from './decode-pictures.ts';
import { listPictures } from './picture-folder.ts';
import { folderOf, plain } from './testing/pictures.ts';

/** A folder of `count` pictures in two classes; one of ten is damaged. */
async function manyPictures(count: number, isGrey = false): Promise<string> {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < count; i++) {
    const colors = isGrey ? ([i, i, i] as const) : ([i, 255 - i, (7 * i) % 256] as const);
    const bytes = await plain(...colors, 20 + i, 20)
      .png()
      .toBuffer();
    files[`${i % 2 === 0 ? 'even' : 'odd'}/${i}.png`] = i % 10 === 3 ? bytes.subarray(0, 40) : bytes;
  }
  return folderOf(files);
}

async function packedOptions(
  options: ImageDatasetOptions & { readonly cacheDir?: string } = {},
): Promise<ImageDatasetOptions & { readonly cacheDir: string }> {
  return { size: 8, packedFrom: 1, cacheDir: await temporaryFolder(), ...options };
}

const filesIn = async (cacheDir: string): Promise<string[]> =>
  (await readdir(join(cacheDir, 'pictures'))).sort();

describe('pictures of a folder in a file of the cache', () => {
  it.each([
    ['in colour', false, {}],
    ['all grey', true, {}],
    ['made grey', false, { channels: 1 }],
    ['some of them', false, { limit: 9 }],
  ] as const)('are those that are decoded into memory: %s', async (_, isGrey, given) => {
    const folder = await manyPictures(30, isGrey);
    const options = await packedOptions(given);
    const { train: inMemory } = await loadImageDataset(folder, { ...options, packedFrom: Infinity });
    for (const start of ['first', 'second']) {
      const seen: number[] = [];
      const { train } = await loadImageDataset(folder, {
        ...options,
        onProgress: ({ done }) => seen.push(done),
      });
      expect(seen.length > 0).toBe(start === 'first'); // decoded once
      expect(storeOf(train).memory).toBe(0);
      expect(train).toMatchObject({
        channels: isGrey || 'channels' in given ? 1 : 3,
        sha256: inMemory.sha256,
      });
      const { labels, captions, skipped, count } = inMemory;
      expect(train).toMatchObject({ labels, captions, skipped, count });
      const form = { batchSize: 7, random: new Random(5), flip: true, shift: 1 };
      const batchesOf = (set: typeof train) => new PictureBatches(set, form).at(3).data;
      expect(batchesOf(train)).toEqual(batchesOf(inMemory));
      expect(train.pixels).toEqual(inMemory.pixels);
    }
  });

  it('names those that cannot be read, also when they come from the cache', async () => {
    const folder = await manyPictures(30);
    const options = await packedOptions();
    await loadImageDataset(folder, options);
    const { train } = await loadImageDataset(folder, options);
    expect(train.skipped.map(({ path }) => path)).toEqual(
      ['odd/3.png', 'odd/13.png', 'odd/23.png'].map((name) => join(folder, name)),
    );
    expect(train.skipped[0]!.reason).toMatch(/3\.png: is a damaged or truncated PNG/);
    expect(train.count).toBe(27);
  });

  it('know the checksum of their files, as recipes have it', async () => {
    const folder = await manyPictures(20);
    const options = await packedOptions();
    await loadImageDataset(folder, options);
    const { train } = await loadImageDataset(folder, options);
    const { sha256, files } = await recipeFolder(folder, await listPictures(folder));
    expect(train.fileDigest).toEqual({ sha256, files });
    expect((await loadImageDataset(folder, { ...options, limit: 5 })).train.fileDigest).toBeUndefined();
  });

  it('can be divided, compared and taken one by one', async () => {
    const folder = await manyPictures(20);
    const options = await packedOptions();
    const { train } = await loadImageDataset(folder, options);
    const { train: inMemory } = await loadImageDataset(folder, { ...options, packedFrom: Infinity });
    const part = subset(train, [5, 2, 9]);
    expect(part.pixels).toEqual(subset(inMemory, [5, 2, 9]).pixels);
    expect(part.sha256).toBe(subset(inMemory, [5, 2, 9]).sha256);
    expect(part.captions).toEqual([5, 2, 9].map((index) => inMemory.captions![index]));
    expect(pictureAt(part, 1)).toEqual(pictureAt(inMemory, 2));
    expect(nearestPictures(train, pictureAt(train, 4), 2)).toEqual(
      nearestPictures(inMemory, pictureAt(inMemory, 4), 2),
    );
  });

  it('keep training and test pictures apart', async () => {
    const files = Object.fromEntries(
      ['train/a', 'train/b', 'test/c', 'test/d'].map((name, i) => [`${name}.png`, plain(50 * i, 0, 0)]),
    );
    const folder = await folderOf({ ...files, 'test/bad.png': new Uint8Array(3) });
    const options = await packedOptions();
    for (let start = 0; start < 2; start++) {
      const { train, test } = await loadImageDataset(folder, options);
      expect([train, test!].map((part) => [part.count, pictureAt(part, 1).data[0]])).toEqual([[2, 50], [2, 150]]); // prettier-ignore
      expect(test!.skipped).toHaveLength(1);
    }
  });

  it('are decoded again when a file changes, and when the file of the cache is damaged', async () => {
    const folder = await manyPictures(12);
    const options = await packedOptions();
    const decoded = async (): Promise<number> => {
      let count = 0;
      await loadImageDataset(folder, { ...options, onProgress: () => count++ });
      return count;
    };
    expect([await decoded(), await decoded()]).toEqual([12, 0]);
    await utimes(join(folder, 'even', '2.png'), 1, 1);
    expect([await decoded(), await decoded()]).toEqual([12, 0]);
    await writeFile(join(folder, 'even', '2.png'), await plain(1, 2, 3).png().toBuffer());
    expect([await decoded(), await decoded()]).toEqual([12, 0]);
    await rm(join(folder, 'odd', '11.png'));
    expect([await decoded(), await decoded()]).toEqual([11, 0]);
    for (const name of await filesIn(options.cacheDir)) {
      if (!name.endsWith('.bin')) continue;
      const path = join(options.cacheDir, 'pictures', name);
      const bytes = await readFile(path);
      bytes[100]! ^= 1;
      await writeFile(path, bytes);
    }
    expect([await decoded(), await decoded()]).toEqual([11, 0]);
  });

  it('continue after an interruption', async () => {
    const size = 512; // blocks of few pictures
    const block = Math.max(4 * WORKERS, Math.floor(BLOCK_BYTES / (3 * size * size)));
    const picture = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } }).png().toBuffer(); // prettier-ignore
    const names = Array.from({ length: block + 10 }, (_, i) => `${i}.png`);
    const folder = await folderOf(Object.fromEntries(names.map((name) => [name, picture])));
    const options = await packedOptions({ size });
    const controller = new AbortController();
    const stopped = loadImageDataset(folder, {
      ...options,
      signal: controller.signal,
      onProgress: ({ done }) => done === block && controller.abort(),
    });
    await expect(stopped).rejects.toThrow(/abort/);
    expect((await filesIn(options.cacheDir)).some((name) => name.endsWith('.part.json'))).toBe(true);
    const seen: number[] = [];
    const { train } = await loadImageDataset(folder, {
      ...options,
      onProgress: ({ done }) => seen.push(done),
    });
    expect(seen[0]).toBe(block + 1);
    expect(train.count).toBe(block + 10);
    expect(train.sha256).toBe(
      (await loadImageDataset(folder, { ...options, packedFrom: Infinity })).train.sha256,
    );
    expect(await filesIn(options.cacheDir)).toHaveLength(2);
  });

  const smallDisk = mountSmallDisk(64);
  it.skipIf(smallDisk === undefined)(
    'leave nothing on a full disk (needs root to mount a small disk)',
    async () => {
      const folder = await manyPictures(10);
      const options = await packedOptions({ size: 256, cacheDir: smallDisk?.folder ?? '' });
      await expect(loadImageDataset(folder, options)).rejects.toThrow(
        /the disk is full; free some space .*LATENTBRUSH_CACHE_DIR/,
      );
      expect(await filesIn(options.cacheDir)).toEqual([]);
      smallDisk?.unmount();
    },
  );
});

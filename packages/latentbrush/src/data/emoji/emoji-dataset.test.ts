import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { withByteStream } from '../images/formats/byte-stream.ts';
import { readIdx } from '../images/formats/idx.ts';
import type { LoadProgress } from '../images/image-dataset-options.ts';
import { pictureAt, type ImageDataset } from '../images/image-dataset.ts';
import { loadImageDataset, type ImageDatasets } from '../load-image-dataset.ts';
import { matching } from '../images/matching.ts';

/** Loads, and lists the events. */
async function load(
  source: string,
  options: Parameters<typeof loadImageDataset>[1] = {},
): Promise<ImageDatasets & { drawn: number }> {
  let drawn = 0;
  const onProgress = ({ done }: LoadProgress): void => void (drawn = done);
  const loaded = await loadImageDataset(source, { size: 24, offline: true, onProgress, ...options });
  return { ...loaded, drawn };
}

/** Red, green, blue of a pixel. */
function pixel(dataset: ImageDataset, index: number, y: number, x: number): number[] {
  const { data, height, width } = pictureAt(dataset, index);
  return [0, 1, 2].map((channel) => data[(channel * height + y) * width + x]!);
}

describe('emoji as a data set', () => {
  it('are drawn over white in the given size, with their names', async () => {
    const cacheDir = await temporaryFolder();
    const { train, test, note } = await load('emoji:faces', { cacheDir });
    expect(train).toMatchObject({
      name: 'emoji:faces',
      source: 'emoji:faces',
      channels: 3,
      height: 24,
      width: 24,
    });
    expect(train.origin).toMatch(/^npm:@iconify-json\/noto@/);
    expect({ test, note }).toEqual({ test: undefined, note: undefined });
    expect(train.captions?.[0]).toBe('angry face, noto');
    expect(new Set(train.labels)).toEqual(new Set(['Smileys & Emotion']));
    expect(matching(train, 'smiling').length).toBeGreaterThan(40);
    expect(matching(train, 'openmoji').length).toBeGreaterThan(75);
  });

  it('faces are of one size, yellow, on white', async () => {
    const { train } = await load('emoji:faces', { cacheDir: await temporaryFolder(), size: 32 });
    const isYellow = ([red, green, blue]: number[]): boolean => red! > 200 && green! > 120 && blue! < 140;
    for (const index of matching(train, 'slightly smiling face').concat(matching(train, 'neutral face'))) {
      expect(pixel(train, index, 0, 0)).toEqual([255, 255, 255]);
      const middleRow = Array.from({ length: 32 }, (_, x) => pixel(train, index, 20, x));
      const inked = middleRow.map((color, x) => (Math.min(...color) < 200 ? x : -1)).filter((x) => x >= 0);
      expect(Math.abs(inked[0]! - 1.5)).toBeLessThanOrEqual(1.5);
      expect(Math.abs(inked.at(-1)! - 29.5)).toBeLessThanOrEqual(1.5);
      expect(isYellow(pixel(train, index, 15, 16))).toBe(true);
    }
  });

  it('are drawn once, and read from the cache after that, the same bytes', async () => {
    const cacheDir = await temporaryFolder();
    const first = await load('emoji:twemoji,cat', { cacheDir });
    const second = await load('emoji:twemoji,cat', { cacheDir });
    expect([first.drawn, second.drawn]).toEqual([first.train.count, 0]);
    expect(second.train).toEqual(first.train);
    // The same emoji by another query.
    expect((await load('emoji:cat,TWEMOJI', { cacheDir })).drawn).toBe(0);
    // Another size and another background are other pictures.
    expect((await load('emoji:twemoji,cat', { cacheDir, size: 16 })).drawn).toBe(first.train.count);
    const black = await load('emoji:twemoji,cat', { cacheDir, background: [0, 0, 0] });
    expect(pixel(black.train, 0, 0, 0)).toEqual([0, 0, 0]);
  });

  it('are kept as an IDX file and an index', async () => {
    const cacheDir = await temporaryFolder();
    const { train } = await load('emoji:twemoji,cat', { cacheDir });
    const names = (await readdir(join(cacheDir, 'emoji'))).sort();
    expect(names).toEqual([
      expect.stringMatching(/^cat\+twemoji-24-[0-9a-f]{12}\.idx$/),
      expect.stringMatching(/^cat\+twemoji-24-[0-9a-f]{12}\.json$/),
    ]);
    const { shape, data } = await withByteStream(join(cacheDir, 'emoji', names[0]!), undefined, (stream) =>
      readIdx(stream, [4], () => undefined),
    );
    expect(shape).toEqual([train.count, 3, 24, 24]);
    expect(data).toEqual(train.pixels);
    const index: unknown = JSON.parse(await readFile(join(cacheDir, 'emoji', names[1]!), 'utf8'));
    expect(index).toMatchObject({ captions: train.captions, labels: train.labels });
  });

  it.each<[string, (idx: string, json: string) => Promise<unknown>]>([
    [
      'altered',
      async (idx) =>
        writeFile(
          idx,
          (await readFile(idx)).map((byte, i) => (i === 500 ? byte ^ 1 : byte)),
        ),
    ],
    ['cut off', async (idx) => writeFile(idx, (await readFile(idx)).subarray(0, 600))],
    ['without names', (_, json) => writeFile(json, '{"sha256":"","labels":[]}')],
    ['half written', async (_, json) => writeFile(json, (await readFile(json)).subarray(0, 50))],
  ])('are drawn again when the cache is %s', async (_, damage) => {
    const cacheDir = await temporaryFolder();
    const first = await load('emoji:twemoji,cat', { cacheDir });
    const [idx = '', json = ''] = (await readdir(join(cacheDir, 'emoji'))).sort().map((name) => join(cacheDir, 'emoji', name)); // prettier-ignore
    await damage(idx, json);
    const again = await load('emoji:twemoji,cat', { cacheDir });
    expect(again.drawn).toBe(first.train.count);
    expect(again.train.sha256).toBe(first.train.sha256);
    expect((await load('emoji:twemoji,cat', { cacheDir })).drawn).toBe(0); // and cached again
  });

  it('can be drawn by several processes at the same time', async () => {
    const cacheDir = await temporaryFolder();
    const loads = await Promise.all([0, 1, 2].map(() => load('emoji:twemoji,cat', { cacheDir })));
    expect(new Set(loads.map(({ train }) => train.sha256)).size).toBe(1);
    expect(await readdir(join(cacheDir, 'emoji'))).toHaveLength(2); // no leftovers
  });

  it('are returned even if they cannot be cached, and a line says so', async () => {
    const cacheDir = join(await temporaryFolder(), 'file');
    await writeFile(cacheDir, 'no folder');
    const { train, note } = await load('emoji:twemoji,cat', { cacheDir });
    expect(train.count).toBeGreaterThan(5);
    expect(note).toMatch(/^the drawn emoji could not be cached: .*: /);
  });

  it('with a limit are drawn only up to it, and not cached', async () => {
    const cacheDir = await temporaryFolder();
    const some = await load('emoji', { cacheDir, limit: 40, random: new Random(1) });
    expect([some.train.count, some.drawn]).toEqual([40, 40]);
    await expect(stat(join(cacheDir, 'emoji'))).rejects.toHaveProperty('code', 'ENOENT');
    // From the cache the same ones are taken.
    const fresh = await load('emoji:twemoji,cat', { cacheDir, limit: 3 });
    await load('emoji:twemoji,cat', { cacheDir });
    const kept = await load('emoji:twemoji,cat', { cacheDir, limit: 3 });
    expect(kept.drawn).toBe(0);
    expect(kept.train).toEqual(fresh.train);
  });

  it('are refused before drawing if they exceed the memory', async () => {
    const loading = load('emoji', { cacheDir: await temporaryFolder(), size: 512, maxMemory: 4 });
    await expect(loading).rejects.toThrow(
      /^emoji: loading it needs about 23 GiB of memory, and the limit is 4\.0 GiB/,
    );
  });

  it('can be grey', async () => {
    const { train } = await load('emoji:twemoji,cat', { cacheDir: await temporaryFolder(), channels: 1 });
    expect(train).toMatchObject({ channels: 1, height: 24 });
    expect(train.pixels).toHaveLength(train.count * 24 * 24);
  });
});

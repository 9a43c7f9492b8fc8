import { symlink, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { InputError, Random } from '@latentbrush/engine';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { bmpFile } from '../../../image/testing/bmp-file.ts';
import { loadImageDataset } from '../../load-image-dataset.ts';
import type { LoadProgress } from '../image-dataset-options.ts';
import type { ImageDataset } from '../image-dataset.ts';
import { folderOf, plain } from './testing/pictures.ts';
import { picture, type Picture } from '../../../image/index.ts';
import { animationFile } from '../../../image/testing/animations.ts';

const pictureOf = (value: number): Picture => picture(3, 9, 9, new Float32Array(243).fill(value));

/** Red, green, blue (or the grey) in the middle of a picture. */
function middle({ pixels, channels, height, width }: ImageDataset, index: number): number[] {
  const plane = height * width;
  const centre = Math.floor(height / 2) * width + Math.floor(width / 2);
  return Array.from({ length: channels }, (_, c) => pixels[(index * channels + c) * plane + centre]!);
}

const red = plain(255, 0, 0);
const green = plain(0, 255, 0, 7, 90);
const blue = plain(0, 0, 255, 200, 50);

describe('a folder of pictures', () => {
  it('of all sizes becomes a data set of squares, in the order of their paths', async () => {
    const folder = await folderOf({ 'b_green-leaf.png': green, 'a red.png': red, 'c.blue.png': blue });
    const { train, test, note } = await loadImageDataset(folder, { size: 16 });
    expect(train).toMatchObject({
      name: basename(folder),
      source: resolve(folder),
      origin: resolve(folder),
      ...{ count: 3, channels: 3, height: 16, width: 16 },
      labels: undefined,
      captions: ['a red', 'b green leaf', 'c.blue'],
      skipped: [],
    });
    expect(train.pixels).toHaveLength(3 * 3 * 16 * 16);
    expect([0, 1, 2].map((n) => middle(train, n))).toEqual([[255, 0, 0], [0, 255, 0], [0, 0, 255]]); // prettier-ignore
    expect({ test, note }).toEqual({ test: undefined, note: undefined });
  });

  it('includes BMP files, which version 0.1.0 could not read, except for its runs', async () => {
    const folder = await folderOf({ 'a.png': red, 'b.png': green });
    const bmp = bmpFile({ width: 1, height: 1, bits: 24, pixels: [255, 0, 0, 0] });
    for (const name of ['c.jpg', 'd.bmp']) await writeFile(join(folder, name), bmp);
    const { train } = await loadImageDataset(folder, { size: 16 });
    expect({ count: train.count, skipped: train.skipped }).toEqual({ count: 4, skipped: [] });
    expect(middle(train, 3)).toEqual([0, 0, 255]);
    const before = (await loadImageDataset(folder, { size: 16, rules: 1 })).train;
    expect({ count: before.count, skipped: before.skipped.map(({ path }) => basename(path)) }).toEqual({
      count: 2,
      skipped: ['c.jpg'],
    });
  });

  it('has a side of 64 by default, and can be grey', async () => {
    const folder = await folderOf({ 'a.png': red, 'b.png': green });
    const { train } = await loadImageDataset(folder, { channels: 1 });
    expect(train).toMatchObject({ channels: 1, height: 64, width: 64 });
    expect([middle(train, 0), middle(train, 1)]).toEqual([[76], [150]]); // 0.299 and 0.587 of 255
  });

  it('has one channel by default when all pictures are grey', async () => {
    const files = { 'train/a.png': plain(90, 90, 90).toColourspace('b-w'), 'train/b.png': plain(7, 7, 7) };
    const folder = await folderOf({ ...files, 'test/c.png': plain(1, 1, 1) });
    const { train, test } = await loadImageDataset(folder, { size: 8 });
    expect([train, test]).toMatchObject([{ channels: 1, count: 2 }, { channels: 1, count: 1 }]); // prettier-ignore
    expect([middle(train, 0), middle(train, 1), middle(test!, 0)]).toEqual([[90], [7], [1]]);
    expect((await loadImageDataset(folder, { channels: 3 })).train.channels).toBe(3);
    const coloured = await folderOf({ ...files, 'test/c.png': red });
    expect((await loadImageDataset(coloured)).train.channels).toBe(3); // both parts alike
  });

  it('follows links to pictures and to classes, and lists broken ones among the skipped', async () => {
    const folder = await folderOf({ 'store/red/1.png': red, 'store/2.png': green, 'set/blue/a.png': blue });
    await symlink('../store/red', join(folder, 'set/red'));
    await symlink('../../store/2.png', join(folder, 'set/blue/b.png'));
    await symlink('../../store/3.png', join(folder, 'set/blue/c.png'));
    const { train } = await loadImageDataset(join(folder, 'set'));
    expect(train.labels).toEqual(['blue', 'blue', 'red']);
    expect(train.skipped).toEqual([
      { path: join(folder, 'set/blue/c.png'), reason: expect.stringMatching(/is a link to .*3\.png, which does not exist/) as string }, // prettier-ignore
    ]);
  });

  it('has names and classes in NFC and natural order; in runs of version 0.1.0 as before', async () => {
    const [composed, decomposed] = ['éléphant', 'éléphant'.normalize('NFD')];
    const folder = await folderOf({
      [`${decomposed}/é10.png`.normalize('NFD')]: red,
      [`${composed}/é9.png`]: green,
    });
    const { train } = await loadImageDataset(folder);
    expect(train).toMatchObject({ labels: [composed, composed], captions: ['é9', 'é10'], rules: 2 });
    const before = (await loadImageDataset(folder, { rules: 1 })).train;
    expect(before).toMatchObject({ labels: [decomposed, composed], captions: ['é10', 'é9'], rules: 1 });
  });

  it('reads grey pictures, transparent ones and all formats', async () => {
    const folder = await folderOf({
      'a.png': plain(90, 90, 90).toColourspace('b-w'),
      'b.png': sharp({ create: { width: 9, height: 9, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } }), // prettier-ignore
      'c.JPG': await plain(200, 10, 10).jpeg().toBuffer(),
      'd.webp': await plain(10, 200, 10).webp({ lossless: true }).toBuffer(),
      'e.gif': await plain(10, 10, 200).gif().toBuffer(),
      'notes.txt': Buffer.from('not a picture, and nobody says so'),
    });
    const { train } = await loadImageDataset(folder, { size: 8, background: [1, 2, 3] });
    expect(train).toMatchObject({ count: 5, skipped: [] });
    const near = [[90, 90, 90], [1, 2, 3], [200, 10, 10], [10, 200, 10], [10, 10, 200]]; // prettier-ignore
    near.forEach((color, n) => {
      color.forEach((value, c) => expect(Math.abs(middle(train, n)[c]! - value)).toBeLessThan(6));
    });
  });

  it('uses the first picture of animations and multi-page TIFFs, and names these files', async () => {
    const frames = [pictureOf(200), pictureOf(20), pictureOf(90)];
    const animation = await animationFile('gif', frames, { delays: [10, 10, 10] });
    const files = {
      'a10.gif': animation,
      'a9.gif': animation,
      'b.png': green,
      'cat/c.gif': animation,
      'cat/d.gif': animation,
    };
    const { train, note } = await loadImageDataset(await folderOf(files), { size: 8 });
    expect(train).toMatchObject({ count: 5, skipped: [] });
    expect(middle(train, 0)).toEqual([200, 200, 200]);
    expect(note).toBe(
      '4 files contain several pictures (frames or pages); only the first of each is used (a9.gif, a10.gif, c.gif ...)',
    );
    const one = await loadImageDataset(await folderOf({ 'a.gif': animation, 'b.png': green }), { size: 8 });
    expect(one.note).toBe(
      '1 file contains several pictures (frames or pages); only the first of each is used (a.gif)',
    );
  });

  it('with sub-folders has classes, named after the first folder level', async () => {
    const folder = await folderOf({ 'cats/a.png': red, 'cats/more/b.png': red, 'dogs/c.png': blue, 'd.png': blue }); // prettier-ignore
    const { train } = await loadImageDataset(folder);
    expect(train.labels).toEqual(['cats', 'cats', basename(folder), 'dogs']);
  });

  it.each(['test', 'Val', 'validation'])(
    'with train and %s has two parts, with classes from their sub-folders',
    async (test) => {
      const folder = await folderOf({ 'train/cats/a.png': red, 'train/dogs/b.png': blue, [`${test}/cats/c.png`]: green }); // prettier-ignore
      const loaded = await loadImageDataset(folder);
      expect(loaded.train.labels).toEqual(['cats', 'dogs']);
      expect(loaded.test?.labels).toEqual(['cats']);
      expect(middle(loaded.test!, 0)).toEqual([0, 255, 0]);
    },
  );

  it('leaves out broken files and says which and why', async () => {
    const whole = await plain(9, 9, 9, 50, 50).jpeg().toBuffer();
    const folder = await folderOf({
      'a.png': red,
      'b.png': Buffer.from('this is a text'),
      'c.jpg': whole.subarray(0, whole.length / 2),
      'd.png': new Uint8Array(0),
      'e.png': blue,
    });
    const { train } = await loadImageDataset(folder);
    expect(train.captions).toEqual(['a', 'e']);
    expect([middle(train, 0), middle(train, 1)]).toEqual([[255, 0, 0], [0, 0, 255]]); // prettier-ignore
    expect(train.skipped).toEqual([
      { path: join(folder, 'b.png'), reason: expect.stringMatching(/b\.png: is not a picture/) as string },
      {
        path: join(folder, 'c.jpg'),
        reason: expect.stringMatching(/c\.jpg: is a damaged or truncated JPEG/) as string,
      },
      { path: join(folder, 'd.png'), reason: expect.stringMatching(/d\.png: is empty/) as string },
    ]);
  });

  it.each<[string, Record<string, Uint8Array | typeof red>, RegExp]>([
    ['contains no pictures', { 'notes.txt': Buffer.from('x') }, /it contains no pictures/],
    [
      'contains none that can be read',
      { 'a.png': Buffer.from('x'), 'b.png': Buffer.from('y') },
      /none of its 2 pictures can be read; the first: .*a\.png: is not a picture/,
    ],
    ['contains only one', { 'a.png': red }, /has only one picture; there must be at least 2 to learn from/],
    [
      'contains only one that can be read',
      { 'a.png': red, 'b.png': Buffer.from('') },
      /has only one picture/,
    ],
  ])('is refused in one line when it %s', async (_, files, message) => {
    const folder = await folderOf(files);
    const error: unknown = await loadImageDataset(folder).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toHaveProperty('message', expect.stringMatching(message));
    expect(error).toHaveProperty('message', expect.stringMatching(/^[^\n]+$/));
  });

  it('is the same each time, in whatever order the pictures are decoded', async () => {
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`${n}.png`, plain(8 * n, 0, 0, 10 + 9 * (n % 7))])); // prettier-ignore
    const folder = await folderOf(files);
    const [first, second] = [await loadImageDataset(folder), await loadImageDataset(folder)];
    expect(first.train.sha256).toBe(second.train.sha256);
    expect(first.train.captions!.map((_, n) => middle(first.train, n)[0])).toEqual(
      first.train.captions!.map((caption) => 8 * Number(caption)),
    );
  });

  it('reads only the requested number of pictures: evenly spread, or drawn at random', async () => {
    const files = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`${n}.png`, plain(n, n, n)]));
    const folder = await folderOf(files);
    const progress: LoadProgress[] = [];
    const spread = await loadImageDataset(folder, { limit: 4, onProgress: (event) => progress.push(event) });
    expect(spread.train.captions).toEqual(['0', '2', '5', '7']);
    expect(progress).toHaveLength(4);
    expect(progress.at(-1)).toEqual({ done: 4, total: 4, unit: 'pictures read' });
    const drawn = async (seed: number): Promise<readonly string[] | undefined> =>
      (await loadImageDataset(folder, { limit: 4, random: new Random(seed) })).train.captions;
    expect(await drawn(1)).toEqual(await drawn(1));
    expect(await drawn(1)).not.toEqual(await drawn(2));
  });

  it('is refused before reading if it exceeds the memory', async () => {
    const folder = await folderOf({ 'a.png': red, 'b.png': Buffer.from('never looked at') });
    await expect(loadImageDataset(folder, { maxMemory: 0.01 })).rejects.toThrow(
      /needs about [\d.]+ GiB of memory, and the limit is 0.010 GiB; use smaller or fewer pictures/,
    );
  });

  it('stops when the signal aborts', async () => {
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`${n}.png`, red]));
    const folder = await folderOf(files);
    const controller = new AbortController();
    let read = 0;
    const loading = loadImageDataset(folder, {
      signal: controller.signal,
      onProgress: () => {
        if (++read === 3) controller.abort(new Error('Ctrl-C'));
      },
    });
    await expect(loading).rejects.toThrow('Ctrl-C');
    expect(read).toBeLessThan(20);
  });
});

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { InputError } from '@latentbrush/engine';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { classCounts, pictureAt } from './images/image-dataset.ts';
import { loadImageDataset } from './load-image-dataset.ts';
import { cifarFile, idxImages, idxLabels } from './images/formats/testing/dataset-files.ts';
import { folderOf, plain } from './images/folders/testing/pictures.ts';

// The real data, if they are beside the repository.
const shared = fileURLToPath(new URL('../../../../../shared/data', import.meta.url));

beforeEach(() => {
  for (const name of ['LATENTBRUSH_DATA_DIR', 'LATENTBRUSH_CACHE_DIR']) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

async function messageOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  const message = error instanceof Error ? error.message : '';
  expect(message).not.toContain('\n');
  return message;
}

const digits = {
  'train-images-idx3-ubyte': idxImages(3, 8),
  'train-labels-idx1-ubyte.gz': gzipSync(idxLabels([5, 0, 4])),
  't10k-images.idx3-ubyte.gz': gzipSync(idxImages(2, 8)),
  't10k-labels.idx1-ubyte': idxLabels([7, 2]),
};

describe('the size of pictures without a common size', () => {
  it('can be chosen only for a folder of pictures, not for IDX files', async () => {
    const pictures = await folderOf({ 'a.png': plain(1, 2, 3), 'b.png': plain(4, 5, 6) });
    const side = async (folder: string, sizes: { size?: number; sizeOtherwise?: number }): Promise<number> =>
      (await loadImageDataset(folder, sizes)).train.width;
    expect(await side(pictures, { sizeOtherwise: 28 })).toBe(28);
    expect(await side(pictures, { sizeOtherwise: 28, size: 12 })).toBe(12);
    expect(await side(pictures, {})).toBe(64);
    expect(await side(await folderOf(digits), { sizeOtherwise: 28 })).toBe(8);
    expect(await messageOf(loadImageDataset(pictures, { sizeOtherwise: 4 }))).toMatch(/^size: 4 was given/);
  });
});

describe('IDX files', () => {
  it.each(['train-images-idx3-ubyte', 't10k-images.idx3-ubyte.gz'])(
    'are found with their labels by the path of the pictures: %s',
    async (name) => {
      const folder = await folderOf(digits);
      const { train, test } = await loadImageDataset(join(folder, name));
      expect(train).toMatchObject({ name, source: join(folder, name), channels: 1, height: 8, width: 8 });
      expect(train.labels).toEqual(name.startsWith('train') ? ['5', '0', '4'] : ['7', '2']);
      expect(test).toBeUndefined();
    },
  );

  it('can be named as a pair, and are found again from another folder', async () => {
    const folder = await folderOf({ 'x.idx': idxImages(2, 8), 'y.idx': idxLabels([1, 2]) });
    const pair = ['x.idx', 'y.idx'].map((name) => relative(process.cwd(), join(folder, name))).join(',');
    const { train } = await loadImageDataset(pair);
    expect(train.labels).toEqual(['1', '2']);
    expect(train.source).toBe(`${join(folder, 'x.idx')},${join(folder, 'y.idx')}`);
    expect((await loadImageDataset(train.source)).train.sha256).toBe(train.sha256);
  });

  it('need no labels', async () => {
    const folder = await folderOf({ 'pictures.idx': idxImages(2, 8) });
    expect((await loadImageDataset(join(folder, 'pictures.idx'))).train.labels).toBeUndefined();
  });

  it('in a folder are found by their names', async () => {
    const folder = await folderOf(digits);
    const { train, test } = await loadImageDataset(folder);
    expect(train).toMatchObject({ name: basename(folder), source: folder, labels: ['5', '0', '4'] });
    expect(test?.labels).toEqual(['7', '2']);
  });

  it('of one part, compressed and not, are one', async () => {
    const { 'train-images-idx3-ubyte': images } = digits;
    const folder = await folderOf({ ...digits, 'train-images-idx3-ubyte.gz': gzipSync(images) });
    expect((await loadImageDataset(folder)).train.count).toBe(3);
  });
});

describe('CIFAR files', () => {
  const files = {
    'a.bin': cifarFile([6, 0]),
    'b.bin.gz': gzipSync(cifarFile([1])),
    'c-test.bin': cifarFile([2]),
  };

  it('are read by path', async () => {
    const folder = await folderOf(files);
    const { train } = await loadImageDataset(join(folder, 'a.bin'));
    expect(train).toMatchObject({
      name: 'a.bin',
      channels: 3,
      height: 32,
      width: 32,
      labels: ['frog', 'airplane'],
    });
  });

  it('in a folder belong together; those named test are the test set', async () => {
    const { train, test } = await loadImageDataset(await folderOf(files));
    expect(train.labels).toEqual(['frog', 'airplane', 'automobile']);
    expect(test?.labels).toEqual(['bird']);
  });

  it('are ignored where there are pictures', async () => {
    const folder = await folderOf({ 'other.bin': Buffer.from('x'), 'a.png': plain(1, 2, 3), 'b.png': plain(4, 5, 6) }); // prettier-ignore
    expect((await loadImageDataset(folder)).train.captions).toEqual(['a', 'b']);
  });
});

describe('a data set from any source', () => {
  it('is resized and converted to the given channels', async () => {
    const folder = await folderOf(digits);
    const { train, test } = await loadImageDataset(folder, { size: 12, channels: 3 });
    expect(train).toMatchObject({ count: 3, channels: 3, height: 12, width: 12 });
    expect(train.pixels).toHaveLength(3 * 3 * 12 * 12);
    expect(test).toMatchObject({ count: 2, channels: 3, height: 12, width: 12 });
    // The pictures rise by 1 from pixel to pixel and by 8 from row to row; so do the larger ones in their middle.
    const { data } = pictureAt(train, 0);
    expect(Math.abs(data[6 * 12 + 6]! - data[144 + 6 * 12 + 6]!)).toBe(0);
    expect(Math.abs(data[6 * 12 + 6]! - 33)).toBeLessThan(4);
  });

  it('is reduced to a limit, evenly', async () => {
    const folder = await folderOf({ 'x.idx': idxImages(10, 8) });
    const { train } = await loadImageDataset(join(folder, 'x.idx'), { limit: 5 });
    expect([0, 1, 2, 3, 4].map((n) => train.pixels[n * 64])).toEqual([0, 2, 4, 6, 8]);
    expect((await loadImageDataset(join(folder, 'x.idx'), { limit: 99 })).train.count).toBe(10);
  });

  it('has a digest of its size, pixels and labels', async () => {
    const load = async (images: Uint8Array, labels: number[]): Promise<string> => {
      const folder = await folderOf({ 'x-images-idx3': images, 'x-labels-idx1': idxLabels(labels) });
      return (await loadImageDataset(join(folder, 'x-images-idx3'))).train.sha256;
    };
    const digest = await load(idxImages(2, 8), [1, 2]);
    expect(digest).toBe(
      createHash('sha256')
        .update('{"count":2,"channels":1,"height":8,"width":8}')
        .update(idxImages(2, 8).subarray(16))
        .update('\n1\n2')
        .digest('hex'),
    );
    expect(await load(idxImages(2, 8), [1, 2])).toBe(digest);
    expect(await load(idxImages(2, 8), [1, 3])).not.toBe(digest);
    const altered = idxImages(2, 8);
    altered[40]! ^= 1;
    expect(await load(altered, [1, 2])).not.toBe(digest);
  });

  it('is refused before allocation if it exceeds the memory', async () => {
    const folder = await folderOf({ 'x.idx': idxImages(100, 32), 'y.bin': cifarFile([1, 2]) });
    const limit = { maxMemory: 150_000 / 2 ** 30 };
    expect((await loadImageDataset(join(folder, 'x.idx'), limit)).train.count).toBe(100);
    const twice = loadImageDataset(join(folder, 'x.idx'), { ...limit, size: 33 }); // both forms at the same time
    expect(await messageOf(twice)).toMatch(/x\.idx: loading it needs about 0\.0002\d* GiB of memory/);
    const tight = { maxMemory: 1000 / 2 ** 30 };
    expect(await messageOf(loadImageDataset(join(folder, 'y.bin'), tight))).toMatch(
      /y\.bin: loading it needs/,
    );
  });

  it.each([
    ['size 7', { size: 7 }, /^size: 7 was given; a whole number of pixels from 8 to 1024 is needed$/],
    ['size 12.5', { size: 12.5 }, /^size: 12.5 was given/],
    ['limit 0', { limit: 0 }, /^limit: 0 was given; a whole number of pictures, at least 1, is needed$/],
    ['no memory', { maxMemory: 0 }, /^max memory: 0 GiB were given; a number above 0 is needed$/],
    ['two channels', { channels: 2 as 3 }, /^channels: 2 was given; 1 \(grey\) or 3 \(colour\) is needed$/],
  ])('is not loaded with %s', async (_, options, message) => {
    expect(await messageOf(loadImageDataset('emoji', options))).toMatch(message);
  });
});

describe('bad data sets are refused in one line:', () => {
  it.each<[string, Record<string, Uint8Array>, string, RegExp]>([
    ['a wrong magic number', { 'x.idx': Buffer.from('hello, I am text') }, 'x.idx', /is not an IDX file/],
    [
      'a truncated gzip file',
      { 'x.gz': gzipSync(idxImages(2, 8)).subarray(0, 50) },
      'x.gz',
      /is a truncated gzip file/,
    ],
    [
      'labels in place of pictures',
      { 'x.idx': idxLabels([1, 2]) },
      'x.idx',
      /contains labels where pictures/,
    ],
    [
      'pictures in place of labels',
      { 'x.idx': idxImages(2, 8) },
      'x.idx,x.idx',
      /contains pictures where labels/,
    ],
    ['too many labels', { 'x.idx': idxImages(2, 8), 'y.idx': idxLabels([1, 2, 3]) }, 'x.idx,y.idx', /y\.idx: has 3 labels for the 2 pictures of .*x\.idx/], // prettier-ignore
    ['one picture', { 'x.idx': idxImages(1, 8) }, 'x.idx', /has only one picture/],
    ['a picture file', { 'a.png': Buffer.from('') }, 'a.png', /is only one picture; training needs many/],
    ['a ZIP archive', { 'a.zip': Buffer.from('PK') }, 'a.zip', /is a ZIP archive; unpack it/],
    ['several files of one part', { 'a-images-idx3': idxImages(1, 8), 'b-images-idx3': idxImages(1, 8) }, '.', /contains several files of pictures \(a-images-idx3, b-images-idx3\)/], // prettier-ignore
    ['invalid CIFAR records', { 'a.bin': Buffer.from('hello') }, 'a.bin', /not a multiple of the 3073/],
  ])('%s', async (_, files, path, message) => {
    const folder = await folderOf(files);
    const source = path.split(',').map((name) => join(folder, name)).join(','); // prettier-ignore
    expect(await messageOf(loadImageDataset(source))).toMatch(message);
  });

  it('an unknown name, with the nearest ones', async () => {
    expect(await messageOf(loadImageDataset('mnits'))).toBe(
      'mnits: no such folder, file or data set; nearest name: mnist; give a folder of pictures, an IDX or CIFAR file, ' +
        'or a name (mnist, fashion-mnist, cifar10, emoji, emoji:faces)',
    );
    expect(await messageOf(loadImageDataset('./pictures'))).not.toContain('nearest');
    expect(await messageOf(loadImageDataset(''))).toMatch(/the name is empty/);
    expect(await messageOf(loadImageDataset('cifar10:toad'))).toMatch(
      /^cifar10:toad: there is no such class; cifar10 has airplane, .*, frog, /,
    );
  });

  it('a class without pictures', async () => {
    const dataDir = await folderOf({
      'train-images-idx3-ubyte': idxImages(2, 28),
      'train-labels-idx1-ubyte': idxLabels([1, 2]),
    });
    expect(await messageOf(loadImageDataset('mnist:3', { dataDir }))).toBe(
      'mnist:3: has no picture; there must be at least 2 to learn from',
    );
  });

  it('a name without a local copy, offline', async () => {
    const cacheDir = await temporaryFolder();
    expect(await messageOf(loadImageDataset('mnist', { offline: true, cacheDir }))).toMatch(
      /downloads are off/,
    );
  });
});

it('a path takes precedence over a name', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'mnist'));
  for (const name of ['a.png', 'b.png']) await writeFile(join(folder, 'mnist', name), await plain(1, 2, 3).png().toBuffer()); // prettier-ignore
  const before = process.cwd();
  process.chdir(folder);
  try {
    expect((await loadImageDataset('mnist')).train.captions).toEqual(['a', 'b']);
  } finally {
    process.chdir(before);
  }
});

describe.skipIf(!existsSync(shared))('the real data (needs ../shared/data)', () => {
  it('MNIST: ten thousand digits of the test set replace the training set', async () => {
    const { train, test, note } = await loadImageDataset('mnist', { dataDir: shared, offline: true });
    expect(train).toMatchObject({ count: 10_000, channels: 1, height: 28, width: 28 });
    expect(test).toBeUndefined();
    expect(note).toMatch(/has only the test files/);
    // Counts of the test set's digits and its first labels, from the literature.
    expect(Object.fromEntries(classCounts(train))).toEqual({ 0: 980, 1: 1135, 2: 1032, 3: 1010, 4: 982, 5: 892, 6: 958, 7: 1028, 8: 974, 9: 1009 }); // prettier-ignore
    expect(train.labels?.slice(0, 10)).toEqual(['7', '2', '1', '0', '4', '1', '4', '9', '5', '9']);
    const sevens = await loadImageDataset('mnist:7', { dataDir: shared, offline: true });
    expect(sevens.train).toMatchObject({ name: 'mnist:7', count: 1028 });
  });

  it('CIFAR-10: frogs by name and by path, and a hundred of each class', async () => {
    const { train, test } = await loadImageDataset('cifar10:frog', { dataDir: shared, offline: true });
    expect([train.count, test?.count]).toEqual([5000, 1000]);
    expect(new Set(train.labels)).toEqual(new Set(['frog']));
    const sample = await loadImageDataset(join(shared, 'cifar10', 'sample-1000.bin.gz'));
    expect(new Set(classCounts(sample.train).values())).toEqual(new Set([100]));
    expect(classCounts(sample.train).size).toBe(10);
  });

  it('a folder of photographs', async () => {
    const { train } = await loadImageDataset(join(shared, 'photos'), { size: 32 });
    expect(train).toMatchObject({ count: 7, skipped: [], height: 32 });
  });
});

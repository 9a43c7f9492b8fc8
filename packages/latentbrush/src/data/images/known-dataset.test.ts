import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { InputError, Random } from '@latentbrush/engine';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sendFile, serve } from '../../testing/file-server.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { downloadableDatasets, type DatasetEntry } from './dataset-catalogue.ts';
import { DownloadError } from '../download/download.ts';
import type { LoadProgress } from './image-dataset-options.ts';
import { locateKnownDataset, readKnownDataset } from './known-dataset.ts';
import { cifarFile, idxImages, idxLabels } from './formats/testing/dataset-files.ts';

const anything = (): void => undefined;
const entryOf = (name: string): DatasetEntry => downloadableDatasets.find((entry) => entry.name === name)!;

beforeEach(() => {
  // Tests must not use the proxies and folders of the person who runs them.
  for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']) vi.stubEnv(name, undefined);
  for (const name of ['LATENTBRUSH_DATA_DIR', 'LATENTBRUSH_CACHE_DIR']) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

/** A small version of the files of MNIST: three training pictures, two test pictures. */
const mnistFiles: Readonly<Record<string, Buffer>> = {
  'train-images-idx3-ubyte.gz': gzipSync(idxImages(3, 28)),
  'train-labels-idx1-ubyte.gz': gzipSync(idxLabels([7, 0, 9])),
  't10k-images-idx3-ubyte.gz': gzipSync(idxImages(2, 28)),
  't10k-labels-idx1-ubyte.gz': gzipSync(idxLabels([4, 7])),
};

/** A small version of the archive of CIFAR-10; its batches are unordered. */
async function cifarArchive(): Promise<Buffer> {
  const folder = 'cifar-10-batches-bin';
  const files: [name: string, body: Uint8Array][] = [
    ['data_batch_2.bin', cifarFile([6, 1], 30)],
    ['readme.html', Buffer.from('<html>')],
    ['test_batch.bin', cifarFile([6, 8], 90)],
    ['data_batch_1.bin', cifarFile([0, 6], 10)],
  ];
  const entries = files.map(([name, body]) => ({
    header: { name: `${folder}/${name}`, size: body.length },
    body,
  }));
  return gzipSync(
    await packTar([{ header: { name: `${folder}/`, size: 0, type: 'directory' } }, ...entries]),
  );
}

/** A data set whose files come from our own server. */
async function served(
  entry: DatasetEntry,
  files: Readonly<Record<string, Buffer>>,
): Promise<{ entry: DatasetEntry; asked: string[] }> {
  const asked: string[] = [];
  const server = await serve((request, response) => {
    const name = request.url!.slice(1);
    asked.push(name);
    sendFile(request, response, files[name]!);
  });
  const moved = entry.files.map((file) => {
    const bytes = files[file.fileName]!;
    const md5 = createHash('md5').update(bytes).digest('hex');
    return { ...file, url: `http://127.0.0.1:${server.port}/${file.fileName}`, md5, size: bytes.length };
  });
  return { entry: { ...entry, files: moved }, asked };
}

async function writeAll(folder: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
}

describe('a data set by name', () => {
  it('is downloaded once, verified, cached, and then found without a request', async () => {
    const { entry, asked } = await served(entryOf('mnist'), mnistFiles);
    const cacheDir = await temporaryFolder();
    const progress: LoadProgress[] = [];
    expect(await locateKnownDataset(entry, { cacheDir })).toMatchObject({ state: 'missing' });
    const options = { cacheDir, onProgress: (event: LoadProgress) => progress.push(event) };
    const { train, test, note } = await readKnownDataset(entry, undefined, options, anything);
    expect(train).toMatchObject({
      name: 'mnist',
      channels: 1,
      height: 28,
      width: 28,
      labels: ['7', '0', '9'],
    });
    expect(train.pixels).toEqual(idxImages(3, 28).subarray(16));
    expect(test?.labels).toEqual(['4', '7']);
    expect(note).toBeUndefined();
    expect(asked).toEqual(entry.files.map(({ fileName }) => fileName));
    const total = entry.files.reduce((sum, { size }) => sum + size, 0);
    expect(progress.at(-1)).toEqual({ done: total, total, unit: 'bytes downloaded' });
    expect(progress.map(({ done }) => done)).toEqual(progress.map(({ done }) => done).sort((a, b) => a - b));

    expect(await locateKnownDataset(entry, { cacheDir })).toMatchObject({ state: 'cached' });
    await readKnownDataset(entry, undefined, { cacheDir, offline: true }, anything);
    expect(asked).toHaveLength(4);
  });

  it('that is not the expected file is refused', async () => {
    const { entry } = await served(entryOf('mnist'), mnistFiles);
    const files = entry.files.map((file) => ({
      ...file,
      md5: file.md5.replace(/./, '0').replace(/.$/, '0'),
    }));
    const cacheDir = await temporaryFolder();
    const reading = readKnownDataset({ ...entry, files }, undefined, { cacheDir }, anything);
    await expect(reading).rejects.toThrow(DownloadError);
    await expect(reading).rejects.toThrow(/not the expected file \(md5/);
    expect(await readdir(join(cacheDir, 'mnist'))).toEqual([]);
  });

  it('is not downloaded offline', async () => {
    const cacheDir = await temporaryFolder();
    const reading = readKnownDataset(entryOf('cifar10'), undefined, { cacheDir, offline: true }, anything);
    await expect(reading).rejects.toThrow(InputError);
    await expect(reading).rejects.toThrow(/cifar-10-binary\.tar\.gz.*downloads are off/);
  });

  it('cifar10 is read from its archive, in the order of its batches', async () => {
    const { entry } = await served(entryOf('cifar10'), { 'cifar-10-binary.tar.gz': await cifarArchive() });
    const cacheDir = await temporaryFolder();
    const { train, test } = await readKnownDataset(entry, undefined, { cacheDir }, anything);
    expect(train).toMatchObject({ channels: 3, height: 32, width: 32, labels: ['airplane', 'frog', 'frog', 'automobile'] }); // prettier-ignore
    expect([0, 1, 2, 3].map((n) => train.pixels[n * 3072])).toEqual([10, 11, 30, 31]);
    expect(test?.labels).toEqual(['frog', 'ship']);

    const frogs = await readKnownDataset(entry, 'frog', { cacheDir }, anything);
    expect(frogs.train).toMatchObject({ name: 'cifar10:frog', labels: ['frog', 'frog'] });
    expect(frogs.train.pixels[3072]).toBe(30);
    expect(frogs.test?.labels).toEqual(['frog']);
  });

  it('cifar10 is read whole from archives of any order and size', async () => {
    const random = new Random(5);
    const dataDir = await temporaryFolder();
    for (let round = 0; round < 20; round++) {
      const batches = [1, 2, 3].map((n) => {
        const body = cifarFile(
          Array.from({ length: random.integer(1, 400) }, () => random.integer(0, 10)),
          n,
        );
        return { header: { name: `c/data_batch_${n}.bin`, size: body.length }, body };
      });
      const others = [10, 5000].map((most, n) => {
        const body = new Uint8Array(random.integer(0, most));
        return { header: { name: `c/notes-${n}.txt`, size: body.length }, body };
      });
      const level = random.integer(0, 10); // chunks of other sizes
      const archive = gzipSync(await packTar(random.shuffle([...batches, ...others])), { level });
      await writeFile(join(dataDir, 'cifar-10-binary.tar.gz'), archive);
      const { train } = await readKnownDataset(entryOf('cifar10'), undefined, { dataDir }, anything);
      const records = Buffer.concat(batches.map(({ body }) => body));
      expect(train.labels).toHaveLength(records.length / 3073);
      for (let n = 0; n < records.length / 3073; n++) {
        const picture = records.subarray(n * 3073 + 1, (n + 1) * 3073);
        expect(picture.equals(train.pixels.subarray(n * 3072, (n + 1) * 3072))).toBe(true);
      }
    }
  });

  it('cifar10 reports in one line that its archive is damaged', async () => {
    const whole = await cifarArchive();
    const dataDir = await temporaryFolder();
    const path = join(dataDir, 'cifar-10-binary.tar.gz');
    const reading = async (bytes: Uint8Array): Promise<unknown> => {
      await writeFile(path, bytes);
      return readKnownDataset(entryOf('cifar10'), undefined, { dataDir }, anything).catch(
        (error: unknown) => error,
      );
    };
    expect(await reading(whole)).not.toBeInstanceOf(Error);
    const wrong: [Uint8Array, RegExp][] = [
      [whole.subarray(0, -20), /is a truncated gzip file/],
      [gzipSync(Buffer.from('not a tar archive'.repeat(100))), /is a damaged or truncated tar archive/],
      [gzipSync(await packTar([])), /contains no data_batch_1\.bin/],
    ];
    for (const [bytes, message] of wrong) {
      const error = await reading(bytes);
      expect(error).toBeInstanceOf(InputError);
      expect(error).toHaveProperty('message', expect.stringMatching(message));
      expect(error).toHaveProperty('message', expect.stringMatching(/^[^\n]+$/));
    }
  });
});

describe('local copies', () => {
  const unpacked = (file: string): Buffer => Buffer.from(file.includes('images') ? idxImages(3, 28) : idxLabels([7, 0, 9])); // prettier-ignore

  it.each(['', 'mnist', 'MNIST/raw'])('of mnist are found in the data folder: %s', async (place) => {
    const dataDir = await temporaryFolder();
    await writeAll(join(dataDir, place), mnistFiles);
    const { train, test } = await readKnownDataset(
      entryOf('mnist'),
      undefined,
      { dataDir, offline: true },
      anything,
    );
    expect(train).toMatchObject({ origin: join(dataDir, place), labels: ['7', '0', '9'] });
    expect(test?.labels).toEqual(['4', '7']);
  });

  it('can be uncompressed', async () => {
    const dataDir = await temporaryFolder();
    const names = ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'];
    await writeAll(dataDir, Object.fromEntries(names.map((name) => [name, unpacked(name)])));
    const { train, note } = await readKnownDataset(entryOf('mnist'), undefined, { dataDir }, anything);
    expect(train.labels).toEqual(['7', '0', '9']);
    expect(note).toBeUndefined();
  });

  it('with only a test set train on it, and say so', async () => {
    const dataDir = await temporaryFolder();
    const { 't10k-images-idx3-ubyte.gz': images, 't10k-labels-idx1-ubyte.gz': labels } = mnistFiles;
    await writeAll(dataDir, { 't10k-images-idx3-ubyte.gz': images!, 't10k-labels-idx1-ubyte.gz': labels! });
    const entry = entryOf('mnist');
    const { train, test, note } = await readKnownDataset(entry, undefined, { dataDir }, anything);
    expect(train.labels).toEqual(['4', '7']);
    expect(test).toBeUndefined();
    expect(note).toBe(
      `mnist: ${dataDir} has only the test files: training uses their 2 pictures, and no test pictures are left`,
    );
    expect(await locateKnownDataset(entry, { dataDir })).toMatchObject({ state: 'local', lacks: 'train' });
  });

  it('of one data set are not confused with another whose files have the same names', async () => {
    const dataDir = join(await temporaryFolder(), 'mnist');
    await writeAll(dataDir, mnistFiles);
    const cacheDir = await temporaryFolder();
    const entry = { ...entryOf('fashion-mnist'), systemFolder: cacheDir };
    expect(await locateKnownDataset(entry, { dataDir, cacheDir })).toMatchObject({ state: 'missing' });
    expect(await locateKnownDataset(entryOf('mnist'), { dataDir, cacheDir })).toMatchObject({
      state: 'local',
    });
  });

  it('installed by a package of the operating system are found', async () => {
    const systemFolder = await temporaryFolder();
    await writeAll(systemFolder, mnistFiles);
    const entry = { ...entryOf('fashion-mnist'), systemFolder };
    const { train } = await readKnownDataset(entry, undefined, { offline: true }, anything);
    expect(train.labels).toEqual(['Sneaker', 'T-shirt/top', 'Ankle boot']);
    const sneakers = await readKnownDataset(entry, 'Sneaker', { offline: true }, anything);
    expect(sneakers.train.labels).toEqual(['Sneaker']);
  });

  it.each<[string, Record<string, Uint8Array>, RegExp]>([
    ['lack their labels', { 'train-images-idx3-ubyte': idxImages(3, 28) }, /its labels are missing/],
    [
      'have other labels',
      { 'train-images-idx3-ubyte': idxImages(3, 28), 'train-labels-idx1-ubyte': idxLabels([1, 2]) },
      /has 2 labels for the 3 pictures of .*; two files that belong together are needed/,
    ],
    [
      'have labels beyond the classes',
      { 'train-images-idx3-ubyte': idxImages(3, 28), 'train-labels-idx1-ubyte': idxLabels([1, 2, 10]) },
      /contains the label 10; labels from 0 to 9 are needed here/,
    ],
  ])('that %s are refused', async (_, files, message) => {
    const dataDir = await temporaryFolder();
    await writeAll(dataDir, files);
    const reading = readKnownDataset(entryOf('mnist'), undefined, { dataDir }, anything);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toBeInstanceOf(InputError);
  });

  it('of cifar10 are the batches, the archive, or files named after one class', async () => {
    const entry = entryOf('cifar10');
    const batches = await temporaryFolder();
    await writeAll(join(batches, 'cifar-10-batches-bin'), {
      'data_batch_1.bin': cifarFile([0, 6], 10),
      'data_batch_2.bin.gz': gzipSync(cifarFile([6, 1], 30)),
      'test_batch.bin': cifarFile([6, 8], 90),
    });
    const archive = await temporaryFolder();
    await writeAll(archive, { 'cifar-10-binary.tar.gz': await cifarArchive() });
    const [fromBatches, fromArchive] = await Promise.all(
      [batches, archive].map((dataDir) => readKnownDataset(entry, undefined, { dataDir }, anything)),
    );
    expect(fromBatches!.train.labels).toEqual(['airplane', 'frog', 'frog', 'automobile']);
    expect(fromBatches!.train.pixels).toEqual(fromArchive!.train.pixels);
    expect(fromBatches!.test!.pixels).toEqual(fromArchive!.test!.pixels);

    const frogs = await temporaryFolder();
    await writeAll(join(frogs, 'cifar10'), {
      'frogs-train.bin.gz': gzipSync(cifarFile([6, 6, 6])),
      'frogs-test.bin.gz': gzipSync(cifarFile([6])),
      'sample.bin': cifarFile([6, 1]),
    });
    const { train, test } = await readKnownDataset(entry, 'frog', { dataDir: frogs }, anything);
    expect([train.labels?.length, test?.labels?.length]).toEqual([3, 1]);
    // They are not all of CIFAR-10.
    expect(await locateKnownDataset(entry, { dataDir: frogs, cacheDir: frogs })).toMatchObject({
      state: 'missing',
    });
  });
});

it('addresses, checksums and sizes are complete', () => {
  for (const { files, classes, format } of downloadableDatasets) {
    expect(files).toHaveLength(format === 'idx' ? 4 : 1);
    for (const { md5, url, fileName } of files) {
      expect(md5).toMatch(/^[0-9a-f]{32}$/);
      expect(url).toMatch(/^https:\/\//);
      expect(url.endsWith(`/${fileName}`)).toBe(true);
    }
    expect(new Set(files.map(({ md5 }) => md5)).size).toBe(files.length);
    expect(classes).toHaveLength(10);
  }
});

import { encodeSafetensors, InputError, Random } from '@latentbrush/engine';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { Hdf5Reader } from './formats/hdf5-file.ts';
import { kerasArchiveWeights } from './formats/keras-archive.ts';
import { kerasWeights } from './formats/keras-h5.ts';
import { ZipFile } from './formats/zip-file.ts';
import { readWeights } from './read-weights.ts';
import { hdf5File } from './testing/hdf5-files.ts';
import {
  bomb,
  hdf5Bomb,
  hostileHdf5,
  hostileKeras,
  hostileSafetensors,
  hostileZip,
} from './testing/hostile-files.ts';
import type { WeightTable } from './weight-table.ts';
import { weightsError } from './weights-error.ts';

/** Hostile files of each format. For a long run, set HOSTILE_FILES=2000. */
const FILES = Number(process.env.HOSTILE_FILES ?? 60);
/** A hostile file may cost so much: milliseconds, of which a busy machine needs many, and bytes of memory that are never given back. */
const MOST_TIME = 20_000;
const MOST_MEMORY = 600 * 2 ** 20;
const ONE_LINE = /^[^\p{Cc}\p{Cf}\u2028\u2029]*weights\.[a-z0-9.]+: [^\p{Cc}\p{Cf}\u2028\u2029]+$/u;

const reader = new Hdf5Reader();
afterAll(() => reader.close());

/** Reads a file: gives a valid table, or fails in one plain line that names the file, soon and without much memory. */
async function survives(read: () => WeightTable | Promise<WeightTable>, label = ''): Promise<boolean> {
  const begin = performance.now();
  try {
    for (const { shape, data } of (await read()).values())
      expect(data).toHaveLength(shape.reduce((product, size) => product * size, 1));
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message, label).toMatch(ONE_LINE);
    expect(error.message.length).toBeLessThan(700);
    return false;
  } finally {
    expect(performance.now() - begin, label).toBeLessThan(MOST_TIME);
  }
}

async function attack(
  make: (random: Random) => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>,
  read: (bytes: Uint8Array<ArrayBuffer>) => WeightTable | Promise<WeightTable>,
): Promise<void> {
  const random = new Random(18);
  const before = process.memoryUsage.rss();
  const counts = { read: 0, refused: 0 };
  for (let time = 0; time < FILES; time++) {
    const bytes = await make(random);
    counts[(await survives(() => read(bytes), `file ${time}`)) ? 'read' : 'refused'] += 1;
    expect(process.memoryUsage.rss() - before).toBeLessThan(MOST_MEMORY);
  }
  expect(Math.min(counts.read, counts.refused), JSON.stringify(counts)).toBeGreaterThan(0);
}

/** As `readWeights` reads an archive, but with a reader for all files. */
async function keras(bytes: Uint8Array): Promise<WeightTable> {
  try {
    return await kerasArchiveWeights(new ZipFile(bytes), 'weights.keras', reader);
  } catch (error) {
    throw weightsError(error, 'weights.keras');
  }
}

const layer = await hdf5File([{ path: 'layers/conv2d/vars/0', data: [1, 2, 3, 4], shape: [1, 1, 2, 2] }]);

describe(
  'hostile files give weights or a one-line error; nothing runs, hangs or fills the memory:',
  { timeout: 60_000 + 1000 * FILES },
  () => {
    it('.keras', () => attack((random) => hostileKeras(layer, random), keras));
    it('.h5', () =>
      attack(
        (random) => hostileHdf5(random, false),
        (bytes) => kerasWeights(reader, bytes, 'weights.h5', { timeout: 2000 }),
      ));
    it('.weights.h5', () =>
      attack(
        (random) => hostileHdf5(random, true),
        (bytes) => kerasWeights(reader, bytes, 'weights.weights.h5', { timeout: 2000 }),
      ));

    it('.safetensors and .pth, by their path; no file appears', async () => {
      const folder = await temporaryFolder();
      const around = await readdir(dirname(folder));
      const pth = new Uint8Array(await readFile(new URL('testing/vgg16-one-channel.pth', import.meta.url)));
      for (const [name, make] of [
        ['weights.safetensors', hostileSafetensors],
        ['weights.pth', (random: Random) => hostileZip(pth, random)],
      ] as const) {
        const path = join(folder, name);
        await attack(make, async (bytes) => {
          await writeFile(path, bytes);
          return readWeights(path);
        });
      }
      expect((await readdir(folder)).sort()).toEqual(['weights.pth', 'weights.safetensors']);
      const made = (await readdir(dirname(folder))).filter((name) => !around.includes(name));
      expect(made).not.toContain('outside');
    });
  },
);

describe('small files that would fill the memory are refused before they do:', () => {
  it.each([
    ['config.json', /"config\.json" in the archive has 12582912 bytes, more than the limit of 8388608$/],
    ['model.weights.h5', /has 20971520 bytes, more than the limit of 16777216$/],
  ] as const)('.keras with a large %s', async (file, message) => {
    const archive = bomb(file, file === 'config.json' ? 12 : 20);
    expect(archive.length).toBeLessThan(30_000);
    await expect(keras(archive)).rejects.toThrow(message);
  });

  it('a tensor that unpacks to more than it says', async () => {
    const file = await hdf5Bomb(300);
    expect(file.length).toBeLessThan(600_000);
    await expect(kerasWeights(reader, file, 'weights.h5')).rejects.toThrow(
      /^weights\.h5: reading it needs more memory than a file of its size may need$/,
    );
  });

  it('a header of safetensors of more than 16 MiB', async () => {
    const { length } = encodeSafetensors({});
    const file = new Uint8Array(length + 2 ** 24 + 8);
    new DataView(file.buffer).setBigUint64(0, BigInt(2 ** 24 + 1), true);
    file.fill(0x20, 8);
    file.set([0x7b], 8);
    const path = join(await temporaryFolder(), 'weights.safetensors');
    await writeFile(path, file);
    await expect(readWeights(path)).rejects.toThrow(
      /its header has 16777217 bytes, more than the limit of 16777216$/,
    );
  });
});

it('a tensor of parts of other tensors is refused: in a circle, the library follows them without end', async () => {
  // h5wasm cannot write such a tensor: this file of h5py has a virtual one whose source is itself.
  const file = await readFile(new URL('testing/virtual-of-itself.h5', import.meta.url));
  await expect(kerasWeights(reader, new Uint8Array(file), 'weights.h5')).rejects.toThrow(
    /^weights\.h5: "conv2d_1\/kernel:0" consists of parts of other tensors, which are not read$/,
  );
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { InputError, Random } from '@latentbrush/engine';
import { packTar } from 'modern-tar';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { mutated } from '../../../pretrained/weights/testing/mutations.ts';
import { readCifarDataset } from './cifar-dataset.ts';
import { cifarFile } from './testing/dataset-files.ts';

const ROUNDS = 200;

const whole = { name: 'x', only: undefined, maxBytes: undefined, allow: () => undefined, signal: undefined };

const files = {
  'data_batch_1.bin': cifarFile([1, 2]),
  'readme.html': Buffer.from('<html>'),
  'test_batch.bin': cifarFile([3]),
};
const tar = await packTar(
  Object.entries(files).map(([name, body]) => ({ header: { name, size: body.length }, body })),
);

describe('an archive of CIFAR-10, damaged in hundreds of ways, gives a data set or a one-line error:', () => {
  it.each<[string, (random: Random) => Uint8Array]>([
    ['within gzip', (random) => gzipSync(mutated(tar, random))],
    ['the gzip file itself', (random) => mutated(gzipSync(tar), random)],
  ])('%s', async (_, damaged) => {
    const random = new Random(1);
    const archive = join(await temporaryFolder(), 'archive.tar.gz');
    let [sound, errors] = [0, 0];
    for (let round = 0; round < ROUNDS; round++) {
      await writeFile(archive, damaged(random));
      try {
        const { train } = await readCifarDataset({ archive }, whole);
        expect(train?.pixels).toHaveLength(2 * 3072);
        sound++;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.message).toMatch(/archive\.tar\.gz[^\n]*: [^\n]+$/);
        errors++;
      }
    }
    expect(sound + errors).toBe(ROUNDS);
    expect(errors).toBeGreaterThan(ROUNDS / 20);
  });

  it('and larger than allowed is refused, counting its other files', async () => {
    const body = new Uint8Array(100_000);
    const packed = gzipSync(await packTar([{ header: { name: 'notes.txt', size: body.length }, body }]));
    const archive = join(await temporaryFolder(), 'archive.tar.gz');
    await writeFile(archive, packed);
    await expect(readCifarDataset({ archive }, { ...whole, maxBytes: 50_000 })).rejects.toThrow(
      /archive\.tar\.gz: has \d+ bytes or more, above the limit of 50000/,
    );
  });
});

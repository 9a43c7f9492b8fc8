import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { picture, writePicture } from '../../image/index.ts';
import { mountSmallDisk } from '../../testing/small-disk.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { Collections } from '../server/collections.ts';
import { Uploads } from '../server/uploads.ts';
import { built, hasEnded, openQueue, reached } from '../testing/studio.ts';

const disk = mountSmallDisk(256);
afterAll(() => disk?.unmount());

const title = 'a full disk (needs the build in dist/, and root to mount a small disk)';

describe.skipIf(!built || disk === undefined)(title, { timeout: 60_000 }, () => {
  it('ends a job with a plain line and leaves nothing half-written; the studio lives, and the next job ends well', async () => {
    const { folder } = disk!;
    const elsewhere = await temporaryFolder();
    const problems: string[] = [];
    const queue = await openQueue(folder, { onProblem: (line) => problems.push(line), previewEvery: 1e9 });
    const photograph = join(elsewhere, 'photo.png');
    const source = picture(3, 110, 120);
    source.data.forEach((_, i) => (source.data[i] = (i * 7919) % 256)); // it cannot be packed
    await writePicture(photograph, source);
    const options = { octaves: 1, iterations: 1, threads: 1 };
    const dream = { job: 'dream.picture', inputs: { picture: photograph }, options };
    const corpus = join(elsewhere, 'rhyme.txt');
    await writeFile(corpus, 'twinkle twinkle little star, how I wonder what you are. '.repeat(40));
    const run = join(folder, 'runs', 'rhyme');
    const training = {
      job: 'text.train',
      inputs: { corpus },
      options: { units: 64, window: 16, batchSize: 16, epochs: 1, sampleLength: 0, threads: 1 },
      run,
    };
    const filler = join(folder, 'filler');
    const files = async (): Promise<string[]> =>
      (await readdir(folder, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort();

    await writeFile(filler, new Uint8Array(220 * 1024)); // some kilobytes are left, for the queue itself
    for (const request of [dream, training]) {
      const { id } = await queue.add(request);
      const failed = await reached(queue, id, hasEnded);
      expect(failed).toMatchObject({ state: 'failed', artefacts: [] });
      expect(failed.error).toHaveLength(1);
      expect(failed.error![0]).toMatch(
        /^\S+: the disk is full; free some space or choose a folder on another disk$/,
      );
      await queue.events(id); // all of them are written
    }
    expect((await files()).filter((name) => /\.(?:tmp|png|safetensors)$/.test(name))).toEqual([]);

    await writeFile(filler, new Uint8Array(256 * 1024)).catch(() => undefined); // now nothing is left at all
    const before = await files();
    await expect(queue.add(dream)).rejects.toThrow(/: the disk is full; /);
    const face = await readFile(photograph);
    await expect(new Uploads(join(folder, 'uploads')).add(face, 'a.png')).rejects.toThrow(
      /: the disk is full; /,
    );
    const collection = new Collections(join(folder, 'collections')).add({ name: 'mine', kind: 'text' });
    await expect(collection).rejects.toThrow(/: the disk is full; /);
    expect(await files()).toEqual(before);

    await rm(filler);
    const small = { ...training.options, units: 8 };
    const { id } = await queue.add({ ...training, options: small, run: join(folder, 'runs', 'small') });
    expect(await reached(queue, id, hasEnded)).toMatchObject({ state: 'done' });
    expect((await queue.events(id)).at(-1)).toMatchObject({ type: 'state', state: 'done' });
    expect(problems.filter((line) => !line.includes('the disk is full'))).toEqual([]);
  });
});

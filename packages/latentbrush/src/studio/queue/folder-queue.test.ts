import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { picture, readPicture, readRecipe, writePicture } from '../../image/index.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { built, hasEnded, openQueue, reached } from '../testing/studio.ts';
import { artefactName } from './artefact-names.ts';
import { FolderQueue } from './folder-queue.ts';
import type { NumberedEvent, QueueRequest } from './job-queue.ts';

/** A dream of one second: one size, few steps. */
async function dream(folder: string, options: Record<string, unknown> = {}): Promise<QueueRequest> {
  const path = join(folder, 'photo.png');
  const source = picture(3, 110, 120);
  source.data.forEach((_, i) => (source.data[i] = 128 + 100 * Math.sin(i / 7)));
  await writePicture(path, source);
  return {
    job: 'dream.picture',
    inputs: { picture: path },
    options: { octaves: 1, iterations: 2, threads: 1, ...options },
  };
}

/** A training that takes long enough to be stopped. */
async function training(folder: string): Promise<QueueRequest> {
  const path = join(folder, 'rhyme.txt');
  await writeFile(path, 'twinkle twinkle little star, how I wonder what you are. '.repeat(40));
  const options = { units: 8, window: 16, batchSize: 16, epochs: 10_000, sampleLength: 5, threads: 1 };
  return { job: 'text.train', inputs: { corpus: path }, options, run: join(folder, 'runs', 'rhyme') };
}

describe.skipIf(!built)('the queue of a folder (needs the build in dist/)', { timeout: 60_000 }, () => {
  it('keeps the cells of a sheet of variations as samples, and why a cell is empty', async () => {
    const folder = await temporaryFolder();
    const queue = await openQueue(folder);
    const vary = { axes: [{ option: 'octaves', values: [1, 20] }] };
    const { id } = await queue.add(await dream(folder, { vary }));
    const job = await reached(queue, id, hasEnded);
    expect(job).toMatchObject({ state: 'done', artefacts: ['artefacts/variations.png'] });
    const cells = (await queue.events(id)).filter((event) => event.type === 'sample');
    expect(cells).toMatchObject([
      { data: { options: { octaves: 1 } }, pictures: { 'octaves 1': 'samples/00001-0.png' } },
      {
        data: {
          options: { octaves: 20 },
          reason: [
            expect.any(String),
            { option: 'size' },
            expect.any(String),
            { option: 'octaves' },
            expect.any(String),
          ],
        },
      },
    ]);
    await expect(
      queue.add(await dream(folder, { vary: { axes: [{ option: 'octaves', values: [99] }] } })),
    ).rejects.toThrow('option octaves: 99 was given');
  });

  it('runs a job in a separate process: its events come in order, and its artefact is in its folder', async () => {
    const folder = await temporaryFolder();
    const queue = await openQueue(folder, { previewEvery: 0 });
    const heard: NumberedEvent[] = [];
    queue.listen((_, event) => heard.push(event));
    const { id } = await queue.add(await dream(folder));
    const job = await reached(queue, id, hasEnded);
    expect(job, JSON.stringify(job.error)).toMatchObject({
      state: 'done',
      artefacts: ['artefacts/dream.png'],
    });
    expect(heard.map(({ number }) => number)).toEqual(heard.map((_, index) => index + 1));
    expect(heard.flatMap((event) => (event.type === 'state' ? [event.state] : []))).toEqual([
      'queued',
      'running',
      'done',
    ]);
    expect(new Set(heard.map(({ type }) => type))).toEqual(
      new Set(['state', 'metric', 'progress', 'preview', 'artefact']),
    );
    expect(await readPicture(queue.pathOf(id, 'preview.jpg'))).toMatchObject({ width: 120, height: 110 });
    expect(await readRecipe(queue.pathOf(id, job.artefacts[0]!))).toMatchObject({ job: 'dream.picture' });
    // Of progress and previews only the newest are kept, of other events all.
    const kept = await queue.events(id);
    expect(kept.filter(({ type }) => type === 'state')).toHaveLength(3);
    expect(kept.filter(({ type }) => type === 'progress')).toHaveLength(1);
    expect(await queue.events(id, kept.at(-1)!.number)).toEqual([]);
  });

  it('makes the requested kind of file', async () => {
    const folder = await temporaryFolder();
    const queue = await openQueue(folder, { concurrency: 0 });
    const { id } = await queue.add({ ...(await dream(folder)), format: 'webp' });
    expect(queue.get(id)).toMatchObject({ format: 'webp' });
    expect(artefactName(queue.get(id))).toBe('dream.webp');
    expect(artefactName({ ...queue.get(id), format: undefined })).toBe('dream.png');
    expect(artefactName({ job: 'gan.interpolate', inputs: {}, options: {}, format: 'gif' })).toBe(
      'interpolated.gif',
    );
  });

  it('refuses wrong options before anything is stored, and names the option', async () => {
    const folder = await temporaryFolder();
    const queue = await openQueue(folder);
    const request = await dream(folder, { octaves: -1 });
    await expect(queue.add(request)).rejects.toThrow(/^option octaves: -1 was given; it must be/);
    await expect(queue.add({ ...request, job: 'dream.nothing' })).rejects.toThrow(/there is no such job/);
    await expect(queue.add({ ...(await dream(folder)), inputs: { pictures: 'x' } })).rejects.toThrow(
      /pictures: there is no such/,
    );
    expect(queue.list()).toEqual([]);
    expect(await readdir(join(folder, 'jobs'))).toEqual([]);
  });

  it('accepts old names of options, as the job does', async () => {
    const folder = await temporaryFolder();
    const queue = await openQueue(folder, { concurrency: 0 });
    const request = await training(folder);
    const { batchSize, ...options } = request.options;
    await queue.add({ ...request, options: { ...options, batch: batchSize } });
    await expect(queue.add({ ...request, options: { ...request.options, batch: 3 } })).rejects.toThrow(
      /^option batch and option batchSize are the same option/,
    );
    expect(queue.list()).toHaveLength(1);
  });

  it('reports in a line why a job failed, and runs the next', async () => {
    const folder = await temporaryFolder();
    const queue = await openQueue(folder);
    const request = await dream(folder);
    const failing = await queue.add({ ...request, inputs: { picture: join(folder, 'nothing.png') } });
    const next = await queue.add(request);
    expect(queue.get(next.id).state).toBe('queued');
    expect(await reached(queue, failing.id, hasEnded)).toMatchObject({
      state: 'failed',
      error: [expect.stringMatching(/nothing\.png: no such file or folder/)],
    });
    expect(await reached(queue, next.id, hasEnded)).toMatchObject({ state: 'done' });
  });

  it('cancels a training after its step, with a checkpoint, and a waiting job at once', async () => {
    const folder = await temporaryFolder();
    const queue = await openQueue(folder);
    const running = await queue.add(await training(folder));
    const waiting = await queue.add(await dream(folder));
    expect(await queue.cancel(waiting.id)).toMatchObject({ state: 'cancelled' });
    await new Promise<void>((resolve) =>
      queue.listen((id, { type }) => {
        if (id === running.id && type === 'progress') resolve();
      }),
    );
    await queue.cancel(running.id);
    expect(await reached(queue, running.id, hasEnded)).toMatchObject({ state: 'cancelled' });
    expect(await readdir(join(folder, 'runs', 'rhyme', 'checkpoints'))).not.toEqual([]);
    expect(queue.get(waiting.id).state).toBe('cancelled');
  });

  it('survives the end of a worker process: the job failed, the next one runs', async () => {
    const folder = await temporaryFolder();
    const queue = await openQueue(folder);
    const { id } = await queue.add(await training(folder));
    await new Promise<void>((resolve) =>
      queue.listen((_, { type }) => {
        if (type === 'progress') resolve();
      }),
    );
    queue.killWorkers();
    const next = await queue.add(await dream(folder));
    expect(await reached(queue, id, hasEnded)).toMatchObject({
      state: 'failed',
      error: ['the process of the job was killed, possibly for lack of memory'],
    });
    expect(await reached(queue, next.id, hasEnded)).toMatchObject({ state: 'done' });
  });

  it('reopened has the same jobs: a running one is interrupted and saved, a waiting one runs', async () => {
    const folder = await temporaryFolder();
    const first = await openQueue(folder);
    const running = await first.add(await training(folder));
    const waiting = await first.add(await dream(folder));
    await new Promise<void>((resolve) =>
      first.listen((_, { type }) => {
        if (type === 'progress') resolve();
      }),
    );
    await first.close();
    expect(await readdir(join(folder, 'runs', 'rhyme', 'checkpoints'))).not.toEqual([]);
    const again = await openQueue(folder);
    expect(again.list().map(({ id }) => id)).toEqual([waiting.id, running.id]);
    expect(again.get(running.id).state).toBe('interrupted');
    expect(await reached(again, waiting.id, hasEnded)).toMatchObject({ state: 'done' });
    expect((await again.events(running.id)).at(-1)).toMatchObject({ type: 'state', state: 'interrupted' });
  });

  it('after a crash of the studio, too: a running job is interrupted, and an incomplete event is left out', async () => {
    const folder = await temporaryFolder();
    const first = await openQueue(folder);
    const { id } = await first.add(await dream(folder));
    await reached(first, id, hasEnded);
    const before = await first.events(id);
    await first.close();
    const file = join(folder, 'jobs', id, 'job.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"done"', '"running"'));
    await writeFile(
      join(folder, 'jobs', id, 'events.jsonl'),
      `${before
        .filter(({ type }) => type === 'state')
        .map((event) => JSON.stringify(event))
        .join('\n')}\n{"type":"st`,
    );
    await writeFile(join(folder, 'jobs', '.leftover.tmp'), '');
    const again = await openQueue(folder);
    expect(again.get(id).state).toBe('interrupted');
    expect(await readdir(join(folder, 'jobs'))).toEqual([id]);
  });
});

describe('a folder', () => {
  it('is used by one studio at a time', async () => {
    const folder = await temporaryFolder();
    await openQueue(folder);
    await expect(FolderQueue.open(folder)).rejects.toThrow(/process \d+ has its studio in this folder/);
  });

  it('with damaged jobs keeps the others', async () => {
    const folder = await temporaryFolder();
    const first = await openQueue(folder, { concurrency: 0 });
    const { id } = await first.add(await dream(folder));
    const other = await first.add(await dream(folder));
    await first.close();
    await writeFile(join(folder, 'jobs', id, 'job.json'), '{"id": 1');
    const again = await openQueue(folder, { concurrency: 0 });
    expect(again.list().map((job) => job.id)).toEqual([other.id]);
  });
});

describe('jobs', () => {
  it('are moved to the trash, and restored completely', async () => {
    const folder = await temporaryFolder();
    const queue = await openQueue(folder, { concurrency: 0 });
    const { id } = await queue.add(await dream(folder));
    await queue.remove(id);
    expect(queue.list()).toEqual([]);
    expect(() => queue.get(id)).toThrow('there is no such job');
    expect(await queue.restore(id)).toMatchObject({ id, state: 'cancelled', job: 'dream.picture' });
    expect(await readdir(join(folder, 'trash'))).toEqual([]);
  });

  it('wait up to a limit', async () => {
    const folder = await temporaryFolder();
    const queue = await openQueue(folder, { concurrency: 0, maxQueued: 2 });
    const request = await dream(folder);
    for (let i = 0; i < 2; i++) await queue.add(request);
    await expect(queue.add(request)).rejects.toThrow(
      '2 jobs wait already, which is the limit; cancel some first',
    );
  });

  it.each(['../other/job.json', '/etc/passwd', '..', 'artefacts/../../x', ''])(
    'have no file %j',
    async (file) => {
      const folder = await temporaryFolder();
      const queue = await openQueue(folder, { concurrency: 0 });
      const { id } = await queue.add(await dream(folder));
      expect(() => queue.pathOf(id, file)).toThrow('there is no such file');
    },
  );
});

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPicture, readRecipe, writePicture } from '../../image/index.ts';
import { pattern } from '../../cli/testing/pictures.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { OptionError } from '../../words.ts';
import type { JobContext, JobEvent } from '../job.ts';
import { remadeRequest } from '../remade-request.ts';
import { dreamPictureJob } from './picture.ts';

const options = {
  backbone: 'embedded',
  layers: [{ layer: 'conv2d_5', coefficient: 1 }],
  octaves: 2,
  iterations: 4,
  threads: 1,
};

/** A folder with a picture, and a request to dream on it. */
async function requested() {
  const folder = await temporaryFolder();
  const picture = join(folder, 'photo.png');
  await writePicture(picture, pattern(110, 100));
  return { inputs: { picture }, options, output: join(folder, 'dream.png') };
}

type Request = Awaited<ReturnType<typeof requested>>;

async function eventsOf(request: Request, context: JobContext = {}): Promise<JobEvent[]> {
  return allOf(dreamPictureJob.run(request, context));
}

async function allOf(job: AsyncIterable<JobEvent>): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of job) events.push(event);
  return events;
}

describe('the job dream.picture', () => {
  it('reports each step, names the file that it wrote, and ends', async () => {
    const request = await requested();
    const events = await eventsOf(request);
    const steps = events.filter(({ type }) => type === 'progress');
    expect(steps).toHaveLength(8);
    expect(steps.at(-1)).toMatchObject({
      done: 8,
      total: 8,
      data: { type: 'step', octave: 2, iteration: 4 },
    });
    expect(events.slice(-2)).toMatchObject([
      { type: 'artefact', path: request.output },
      { type: 'done', reason: 'finished', leftOut: 0, data: { type: 'done', path: request.output } },
    ]);
    expect(await readPicture(request.output)).toMatchObject({ height: 100, width: 110 });
  });

  it('shows previews of the picture, only when asked', async () => {
    const request = await requested();
    expect((await eventsOf(request)).some(({ type }) => type === 'preview')).toBe(false);
    const previews = (await eventsOf(request, { preview: { every: 0, size: 50 } })).filter(
      (event) => event.type === 'preview',
    );
    expect(previews.length).toBeGreaterThan(0);
    for (const { picture } of previews) expect(Math.max(picture.height, picture.width)).toBe(50);
  });

  it('makes the same picture with and without previews', async () => {
    const request = await requested();
    await eventsOf(request);
    const plain = await readPicture(request.output);
    await eventsOf(request, { preview: { every: 0 } });
    expect(await readPicture(request.output)).toEqual(plain);
  });

  it('records its recipe in the file: the recipe makes the same picture again', async () => {
    const request = await requested();
    await eventsOf(request);
    const recipe = (await readRecipe(request.output))!;
    expect(recipe).toMatchObject({ job: 'dream.picture', seed: 1, inputs: [{ name: 'photo.png' }] });
    const again = await remadeRequest(recipe, [request.inputs.picture], `${request.output}.again.png`);
    expect(again.job).toBe(dreamPictureJob);
    await allOf(again.job.run(again.request));
    expect(await readPicture(again.request.output)).toEqual(await readPicture(request.output));
  });

  it('aborted, keeps the picture so far', async () => {
    const request = await requested();
    const controller = new AbortController();
    const events: JobEvent[] = [];
    for await (const event of dreamPictureJob.run(request, { signal: controller.signal })) {
      events.push(event);
      if (event.type === 'progress' && event.done === 2) controller.abort();
    }
    expect(events.at(-1)).toMatchObject({ type: 'done', reason: 'aborted' });
    const { options: recorded } = (await readRecipe(request.output))!;
    expect(recorded.stoppedAt).toEqual({ octave: 1, iteration: 2 });
  });

  it('stops its work when nobody reads its events', async () => {
    const request = await requested();
    const seen: string[] = [];
    for await (const event of dreamPictureJob.run({
      ...request,
      options: { ...options, iterations: 1000 },
    })) {
      seen.push(event.type);
      if (seen.length === 3) break;
    }
    expect(seen).toHaveLength(3);
  });

  it('refuses a wrong option before anything is read, with its name as data', async () => {
    const request = { inputs: { picture: 'none.png' }, options: { octaves: 99 }, output: 'out.png' };
    const failing = dreamPictureJob.run(request).next();
    await expect(failing).rejects.toThrow(OptionError);
    await expect(failing).rejects.toThrow(/^option octaves: 99 was given/);
  });

  it('does not overwrite its own picture', async () => {
    const request = await requested();
    const failing = eventsOf({ ...request, output: request.inputs.picture });
    await expect(failing).rejects.toThrow(/is the same file as the input .*photo\.png/);
  });
});

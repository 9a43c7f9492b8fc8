import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pattern } from '../cli/testing/pictures.ts';
import { montage, readPicture, readRecipe, writePicture, type Picture } from '../image/index.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { OptionError } from '../words.ts';
import { dreamPictureJob } from './dream/picture.ts';
import type { JobContext, JobEvent } from './job.ts';
import { jobNamed, jobs } from './registry.ts';
import { remadeRequest } from './remade-request.ts';
import type { Variations } from './vary.ts';

const options = {
  backbone: 'embedded',
  layers: [{ layer: 'conv2d_5', coefficient: 1 }],
  octaves: 1,
  iterations: 2,
  threads: 1,
};

async function requested(axes: Variations['axes']) {
  const folder = await temporaryFolder();
  const picture = join(folder, 'photo.png');
  await writePicture(picture, pattern(110, 100));
  return { inputs: { picture }, options: { ...options, vary: { axes } }, output: join(folder, 'sheet.png') };
}

type Request = Awaited<ReturnType<typeof requested>>;

async function eventsOf(request: Request, context: JobContext = {}): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of dreamPictureJob.run(request, context)) events.push(event);
  return events;
}

const cellsOf = (events: readonly JobEvent[]) => events.filter((event) => event.type === 'sample');
const picturesOf = (events: readonly JobEvent[]): Picture[] =>
  cellsOf(events).flatMap(({ pictures = {} }) => Object.values(pictures));

describe('a sheet of variations', () => {
  it('shows the picture of the job itself in each labelled cell, with the second option downwards', async () => {
    const request = await requested([
      { option: 'iterations', values: [1, 2] },
      { option: 'maxLoss', values: [5, 20] },
    ]);
    const cells = cellsOf(await eventsOf(request));
    expect(cells.map(({ data }) => data.options)).toEqual([
      { iterations: 1, maxLoss: 5 },
      { iterations: 2, maxLoss: 5 },
      { iterations: 1, maxLoss: 20 },
      { iterations: 2, maxLoss: 20 },
    ]);
    const single = {
      ...request,
      options: { ...options, iterations: 2, maxLoss: 5 },
      output: request.output.replace('sheet', 'single'),
    };
    for await (const _ of dreamPictureJob.run(single));
    const pictures = picturesOf(cells);
    expect(pictures[1]).toEqual(await readPicture(single.output));
    const labels = cells.flatMap((cell) => Object.keys(cell.pictures ?? {}));
    expect(labels[1]).toBe('iterations 2, maxLoss 5');
    expect(await readPicture(request.output)).toEqual(montage(pictures, { columns: 2, labels }));
  });

  it('is made again from its recipe, also when it was interrupted', async () => {
    const request = await requested([{ option: 'seed', values: [3, 4, 5] }]);
    const stop = new AbortController();
    for await (const event of dreamPictureJob.run(request, { signal: stop.signal }))
      if (event.type === 'sample' && event.data.index === 2) stop.abort();
    const recipe = (await readRecipe(request.output))!;
    expect(recipe).toMatchObject({ seed: 1, options: { size: 384, vary: { stoppedAt: { cell: 2 } } } });
    const again = await remadeRequest(recipe, [request.inputs.picture], `${request.output}-again.png`);
    for await (const _ of again.job.run(again.request));
    expect(await readPicture(again.request.output)).toEqual(await readPicture(request.output));
  });

  it('leaves a cell empty whose values do not fit the picture, and names the reason', async () => {
    const request = await requested([{ option: 'octaves', values: [1, 20] }]);
    const events = await eventsOf(request);
    expect(cellsOf(events).map(({ pictures = {} }) => Object.keys(pictures))).toEqual([['octaves 1'], []]);
    expect(events.at(-1)).toMatchObject({ type: 'done', leftOut: 1 });
    const warning = events.find(({ type }) => type === 'warning');
    expect(warning).toMatchObject({ data: { path: 'octaves 20' } });
    const none = await requested([{ option: 'octaves', values: [19, 20] }]);
    await expect(eventsOf(none)).rejects.toThrow(/photo.png .*octave 1 is .*needs at least/);
  });

  it.each<[string, Variations['axes'], string]>([
    [
      'a wrong value',
      [{ option: 'octaves', values: [1, 99] }],
      'option octaves: 99 was given; it must be a whole',
    ],
    [
      'an unknown option',
      [{ option: 'octavs', values: [1] }],
      'option vary: "octavs" is no option that can be',
    ],
    ['what no recipe records', [{ option: 'saveOctaves', values: [true] }], '"saveOctaves" is no option'],
    [
      'an option twice',
      [
        { option: 'seed', values: [1] },
        { option: 'seed', values: [2] },
      ],
      'seed was given twice',
    ],
    [
      'too many cells',
      [
        { option: 'seed', values: Array.from({ length: 9 }, (_, i) => i) },
        { option: 'octaves', values: [1, 2, 3, 4, 5, 6, 7, 8] },
      ],
      '72 pictures were requested; at most 64 are possible',
    ],
  ])('%s is refused before anything is read', async (_, axes, message) => {
    const request = { ...(await requested(axes)), inputs: { picture: 'missing.png' } };
    const failed = eventsOf(request);
    await expect(failed).rejects.toThrow(OptionError);
    await expect(failed).rejects.toThrow(message);
  });

  it('does not overwrite an input', async () => {
    const request = await requested([{ option: 'seed', values: [1] }]);
    await expect(eventsOf({ ...request, output: request.inputs.picture })).rejects.toThrow(
      'is the same file as the input',
    );
    const folder = `${request.output}.png`;
    await mkdir(folder);
    await expect(eventsOf({ ...request, output: folder })).rejects.toThrow('is a folder');
  });

  it('can be asked of every job that makes one picture', async () => {
    const varied = await Promise.all(
      Object.keys(jobs).map(async (name) => ('vary' in (await jobNamed(name)).options.shape ? [name] : [])),
    );
    expect(varied.flat().sort()).toEqual([
      'dream.picture',
      ...['bend', 'decode', 'interpolate', 'sample'].map((task) => `gan.${task}`),
      'style.apply',
      'style.paint',
      ...['bend', 'decode', 'grid', 'interpolate', 'map', 'neighbors', 'reconstruct', 'sample'].map(
        (task) => `vae.${task}`,
      ),
    ]);
  });
});

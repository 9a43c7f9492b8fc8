import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { pattern } from '../../cli/testing/pictures.ts';
import { DCGAN_PRESET } from '../../gan/index.ts';
import { writePicture } from '../../image/index.ts';
import { savedSteps } from '../../runs/checkpoint.ts';
import { openRun } from '../../runs/run.ts';
import { systems } from '../../systems.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { Writer } from '../../text/index.ts';
import { OptionError } from '../../words.ts';
import type { Job, JobEvent } from '../job.ts';
import { jobNamed } from '../registry.ts';
import { ganTraining } from './gan.ts';
import { styleTraining } from './style.ts';
import { textTraining } from './text.ts';
import { vaeTraining } from './vae.ts';

const RINGS = fileURLToPath(new URL('../../vae/testing/rings-62-idx3-ubyte', import.meta.url));

const quick = {
  units: 8,
  window: 8,
  batchSize: 16,
  epochs: 2,
  sampleLength: 5,
  temperatures: [0.5],
  checkpointEvery: 4,
  threads: 1,
};

/** A folder with a corpus, and a request to train on it. */
async function requested() {
  const folder = await temporaryFolder();
  const corpus = join(folder, 'rhyme.txt');
  await writeFile(corpus, 'the quick brown fox jumps over the lazy dog.\n'.repeat(9));
  return { inputs: { corpus }, options: quick, output: join(folder, 'run') };
}

async function allOf(job: AsyncIterable<JobEvent>): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of job) events.push(event);
  return events;
}

const of = <Type extends JobEvent['type']>(events: readonly JobEvent[], type: Type) =>
  events.filter((event): event is Extract<JobEvent, { type: Type }> => event.type === type);

/** Expects that the estimate of a training is of the same memory and length as the training itself, and that it writes nothing. */
async function expectEstimated<Inputs extends z.ZodObject, Options extends z.ZodObject>(
  { estimate }: Job<Inputs, Options>,
  request: { readonly inputs: z.input<Inputs>; readonly options: z.input<Options>; readonly output: string },
  events: readonly JobEvent[],
): Promise<void> {
  const before = await readdir(dirname(request.output), { recursive: true });
  const { memory, steps, seconds } = await estimate!(request);
  expect(await readdir(dirname(request.output), { recursive: true })).toEqual(before);
  expect(seconds).toBeGreaterThan(0);
  const started = of(events, 'metric').find(({ data }) => data.type === 'start')!.data;
  expect({ memory, steps }).toEqual({ memory: started.memory, steps: started.total });
}

/** Continues a run, and expects that its estimate was of the same memory and of the steps that were left, and that it wrote nothing. */
async function continued<Inputs extends z.ZodObject, Options extends z.ZodObject>(
  { estimate, run }: Job<Inputs, Options>,
  request: { readonly inputs: z.input<Inputs>; readonly options: z.input<Options>; readonly output: string },
): Promise<JobEvent[]> {
  const files = async (): Promise<string[]> => {
    const names = await readdir(request.output, { recursive: true });
    return Promise.all(
      names.sort().map(async (name) => {
        const { mtimeMs, size } = await stat(join(request.output, name));
        return `${name} ${mtimeMs} ${size}`;
      }),
    );
  };
  const before = await files();
  const { memory, steps, seconds } = await estimate!(request);
  expect(await files()).toEqual(before);
  expect(seconds).toBeGreaterThan(0);
  const events = await allOf(run(request));
  const started = of(events, 'metric').find(({ data }) => data.type === 'start')!.data;
  expect({ memory, steps }).toEqual({
    memory: started.memory,
    steps: Number(started.total) - Number(started.step),
  });
  expect(started.step).toBeGreaterThan(0);
  expect(await estimate!(request)).toEqual({ memory, steps: 0, seconds: 0 });
  return events;
}

const kinds = (events: readonly JobEvent[]): unknown[] =>
  events.flatMap((event) => ('data' in event && event.type !== 'progress' ? [event.data?.type] : []));

describe('the job text.train', () => {
  it('reports start, steps, epochs, samples, checkpoints and the folder of its run', async () => {
    const request = await requested();
    const events = await allOf(textTraining.train.run(request));
    const [start, note] = events;
    expect(start).toMatchObject({ type: 'metric', data: { type: 'start', step: 0, folder: request.output } });
    expect(start).toHaveProperty('data.memory', expect.any(Number));
    expect(String(note?.type === 'note' && note.words)).toMatch(/parameters, .* about \d+ MiB of memory$/);
    const steps = of(events, 'progress');
    expect(steps.at(-1)).toMatchObject({
      done: steps.length,
      total: steps.length,
      data: { type: 'step', epoch: 2 },
    });
    const epoch = of(events, 'metric').find(({ data }) => data.type === 'epoch');
    expect(epoch?.text).toMatch(/^\nepoch 1: loss \d\.\d{4} \(perplexity /);
    expect(of(events, 'sample')).toHaveLength(2);
    expect(of(events, 'sample')[0]).toMatchObject({ data: { temperature: 0.5, epoch: 1 } });
    expect(kinds(events)).toContain('checkpoint');
    expect(events.slice(-2)).toMatchObject([
      { type: 'artefact', path: request.output },
      { type: 'done', reason: 'finished', data: { type: 'done', reason: 'finished', step: steps.length } },
    ]);
    await expectEstimated(textTraining.train, request, events);
  });

  it('with a folder for runs, makes a new run folder in it', async () => {
    const request = await requested();
    const runs = join(request.output, 'runs/');
    const options = { ...quick, maxSteps: 1 };
    for (const name of ['text-rhyme-1', 'text-rhyme-2']) {
      const events = await allOf(textTraining.train.run({ ...request, options, output: runs }));
      expect(of(events, 'artefact')).toMatchObject([{ path: join(runs, name) }]);
    }
  });

  it('aborted, saves, and text.resume continues to the same model', async () => {
    const request = await requested();
    const whole = { ...request, output: `${request.output}-whole` };
    await allOf(textTraining.train.run(whole));
    const controller = new AbortController();
    const events: JobEvent[] = [];
    for await (const event of textTraining.train.run(request, { signal: controller.signal })) {
      events.push(event);
      if (event.type === 'progress' && event.done === 3) controller.abort();
    }
    expect(events.at(-1)).toMatchObject({ type: 'done', reason: 'aborted', reached: 'step 3' });
    const rest = await continued(textTraining.resume, { inputs: {}, options: {}, output: request.output });
    expect(rest[0]).toMatchObject({ data: { type: 'start', step: 3 } });
    const weights = async (folder: string) => (await Writer.load(folder)).model.weights;
    expect(await weights(request.output)).toEqual(await weights(whole.output));
  });

  it('stops with a checkpoint when nobody reads its events', async () => {
    const request = await requested();
    for await (const { type } of textTraining.train.run(request)) if (type === 'progress') break;
    const [step] = await savedSteps({ folder: request.output });
    expect(step).toBeLessThanOrEqual(2);
  });

  it('continues with changed options, but only those that can change', async () => {
    const request = await requested();
    await allOf(textTraining.train.run({ ...request, options: { ...quick, maxSteps: 5 } }));
    const resumed = { inputs: request.inputs, output: request.output };
    const more = { maxSteps: 13, keep: 3, checkpointEvery: undefined };
    const failing = textTraining.resume.run({ ...resumed, options: more }).next();
    await expect(failing).rejects.toThrow(OptionError);
    await expect(failing).rejects.toThrow('option checkpointEvery: there is no such option');
    await allOf(textTraining.resume.run({ ...resumed, options: { maxSteps: 13, keep: 3 } }));
    expect(await savedSteps({ folder: request.output })).toEqual([13, 12, 9]);
    await expect(textTraining.resume.run({ ...resumed, options: { keep: 0 } }).next()).rejects.toThrow(
      /^option keep: 0 was given/,
    );
  });
});

describe('the id of a run', () => {
  const idOf = async (folder: string) => (await openRun(folder)).id;

  it('is that of the same training on the same corpus, wherever the two are', async () => {
    const [here, there] = [await requested(), await requested()];
    await allOf(textTraining.train.run(here));
    await allOf(textTraining.train.run(there));
    const id = await idOf(here.output);
    expect(id).toBeDefined();
    expect(await idOf(there.output)).toBe(id);
    const others = { seed: { options: { ...quick, seed: 2 } }, corpus: {} };
    for (const [name, changes] of Object.entries(others)) {
      const other = await requested();
      if (name === 'corpus')
        await writeFile(other.inputs.corpus, 'another corpus, just as long.\n'.repeat(9));
      await allOf(textTraining.train.run({ ...other, ...changes }));
      expect(await idOf(other.output)).not.toBe(id);
    }
    await allOf(textTraining.resume.run({ inputs: {}, options: { epochs: 3 }, output: here.output }));
    expect(await idOf(here.output)).toBe(id);
  });
});

describe('the other trainings begin and continue as jobs', () => {
  const few = { threads: 1, filters: 4 } as const;

  it('vae: sheets of pictures come with its samples', async () => {
    const output = join(await temporaryFolder(), 'run');
    const request = { inputs: { dataset: RINGS }, output };
    const options = { ...few, epochs: 1, samples: 4 };
    const events = await allOf(vaeTraining.train.run({ ...request, options }));
    const [sample] = of(events, 'sample');
    expect(Object.keys(sample?.pictures ?? {})).toEqual(['reconstructions', 'samples']);
    expect(Object.keys(sample?.data ?? {})).toEqual(['type', 'step', 'epoch', 'paths']);
    await expectEstimated(vaeTraining.train, { ...request, options }, events);
    const rest = await continued(vaeTraining.resume, { inputs: {}, options: { epochs: 2 }, output });
    expect(of(rest, 'done')).toMatchObject([{ data: { reason: 'finished', step: 8 } }]);
  });

  it('gan: sheets of generated and of real pictures', async () => {
    const output = join(await temporaryFolder(), 'run');
    const request = { inputs: { dataset: RINGS }, output };
    const options = {
      ...few,
      architecture: 'dcgan',
      size: 16,
      batchSize: 2,
      samples: 1,
      iterations: 2,
      sampleEvery: 1,
    } as const;
    const events = await allOf(ganTraining.train.run({ ...request, options }));
    expect(Object.keys(of(events, 'sample')[0]?.pictures ?? {})).toEqual(['generated', 'real']);
    expect(of(events, 'sample')[0]?.text).toMatch(/^step 1: discriminator \d.*\n {2}.*-generated\.png\n$/);
    await expectEstimated(ganTraining.train, { ...request, options }, events);
    const rest = await continued(ganTraining.resume, { inputs: {}, options: { iterations: 3 }, output });
    expect(of(rest, 'progress').filter(({ data }) => data?.type === 'step')).toHaveLength(1);
  });

  it('style: on a picture and a folder of photographs', async () => {
    const folder = await temporaryFolder();
    const [style, output] = [join(folder, 'wave.png'), join(folder, 'run')];
    await writePicture(style, pattern(100, 90));
    await mkdir(join(folder, 'photos'));
    await writePicture(join(folder, 'photos', 'a.png'), pattern(90, 90));
    const inputs = { style, contentDir: join(folder, 'photos') };
    const options = {
      ...few,
      backbone: 'embedded',
      size: 80,
      styleSize: 90,
      styleScales: [1],
      styleLayers: ['conv2d_1'],
      contentLayer: 'conv2d_2',
      residualBlocks: 1,
      iterations: 1,
    };
    const events = await allOf(styleTraining.train.run({ inputs, options, output }));
    expect(events.some((event) => event.type === 'metric' && Number(event.data.memory) > 2 ** 29)).toBe(true);
    expect(of(events, 'sample')[0]?.pictures?.sheet).toMatchObject({ channels: 3 });
    await expectEstimated(styleTraining.train, { inputs, options, output }, events);
    const rest = await continued(styleTraining.resume, { inputs: {}, options: { iterations: 2 }, output });
    expect(of(rest, 'done')).toMatchObject([{ data: { reason: 'finished', step: 2 } }]);
    expect(await readdir(join(output, 'samples'))).toHaveLength(2);
  });
});

describe('a request with old names of options', () => {
  it('trains the same, and warns', async () => {
    const request = await requested();
    const { batchSize: batch, ...rest } = quick;
    const job = await jobNamed('text.train');
    const options = { ...rest, maxSteps: 3 };
    const before = await allOf(
      job.run({ ...request, options: { ...options, batch }, output: request.output }),
    );
    const [warning] = of(before, 'warning');
    expect(before[0]).toBe(warning);
    expect(String(warning?.words)).toBe(
      'option batch is now option batchSize; the next version removes the old name',
    );
    expect(warning?.data).toMatchObject({ type: 'warning' });
    const output = `${request.output}-now`;
    const now = await allOf(job.run({ ...request, options: { ...options, batchSize: batch }, output }));
    expect(of(now, 'warning')).toEqual([]);
    const losses = (events: readonly JobEvent[]) => of(events, 'progress').map(({ data }) => data?.loss);
    expect(losses(before)).toHaveLength(3);
    expect(losses(before)).toEqual(losses(now));
  });

  const renamed = ['text', 'vae', 'gan', 'style']; // newer systems have no old names

  it.each(renamed)('%s: both names are refused before anything is read', async (system) => {
    const job = await jobNamed(`${system}.train`);
    const failing = job.run({ inputs: {}, options: { batch: 2, batchSize: 2 }, output: 'run' }).next();
    await expect(failing).rejects.toThrow(OptionError);
    await expect(failing).rejects.toThrow(
      /^option batch and option batchSize are the same option; give only option batchSize$/,
    );
  });

  it('gan: an old name replaces a value of the preset', async () => {
    const options = { ...DCGAN_PRESET, batch: 1 };
    const failing = ganTraining.train.run({ inputs: { dataset: RINGS }, options, output: 'run' }).next();
    await expect(failing).rejects.toThrow('option batchSize: 1 was given');
  });
});

it('both jobs of every system are found by name', async () => {
  for (const { name: system } of systems)
    for (const name of [`${system}.train`, `${system}.resume`])
      expect((await jobNamed(name)).name).toBe(name);
});

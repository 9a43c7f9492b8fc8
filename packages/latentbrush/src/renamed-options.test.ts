/* oxlint-disable typescript/no-deprecated -- the old names must work while they exist */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from '@latentbrush/engine';
import { describe, expect, it, vi } from 'vitest';
import { PictureBatches } from './data/index.ts';
import * as dream from './dream/index.ts';
import * as gan from './gan/index.ts';
import { discs } from './gan/testing/discs.ts';
import { ganRuns } from './gan/run.ts';
import { noise } from './image/testing/noise.ts';
import { remadeRequest } from './jobs/remade-request.ts';
import { tinyBackbone as dreamBackbone } from './pretrained/backbones/testing/tiny-backbone.ts';
import { newlyNamed, warnOf } from './renamed-options.ts';
import { readRun, type RunKind } from './runs/training-run.ts';
import { styleRuns } from './style/fast/run.ts';
import * as style from './style/index.ts';
import { tinyBackbone } from './style/testing/tiny-perception.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import * as text from './text/index.ts';
import { textRuns } from './text/run.ts';
import * as vae from './vae/index.ts';
import { vaeRuns } from './vae/run.ts';
import { dots } from './vae/testing/dots.ts';

const corpus = { name: 'rhyme', text: 'the quick brown fox jumps over the lazy dog.\n'.repeat(8) };
const layers = [{ layer: 'mixed1', coefficient: 1 }];
const quick = { units: 4, window: 8, epochs: 1, maxSteps: 3, sampleLength: 0, threads: 1 };
const painting = {
  style: { name: 'wave.jpg', picture: noise(7, 3, 40, 50) },
  contentDir: 'photos',
  contents: [noise(3, 3, 66, 80)],
};

type Old = Parameters<typeof vae.train>[1];

/** Training of each system with some options. Text and style have no latent space. */
const trainings: Record<string, (options: Old) => AsyncIterable<unknown>> = {
  text: (options) => text.train(corpus, options),
  vae: (options) => vae.train({ train: dots(40) }, options),
  gan: (options) => gan.train(discs(), options as Parameters<typeof gan.train>[1]),
  style: (options) => style.train(tinyBackbone(), painting, options),
};

async function allOf<Event>(events: AsyncIterable<Event>): Promise<Event[]> {
  const all: Event[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** The warnings of Node during a call. */
async function warningsOf(work: () => Promise<unknown>): Promise<string[]> {
  const warnings: string[] = [];
  const keep = ({ name, message }: Error): void => void warnings.push(`${name}: ${message}`);
  process.on('warning', keep);
  await work();
  await new Promise(setImmediate);
  process.off('warning', keep);
  return warnings;
}

describe('old names of options in the library', () => {
  const losses = async (options: Parameters<typeof text.train>[1]): Promise<number[]> =>
    (await allOf(text.train(corpus, { ...quick, ...options }))).flatMap((event) =>
      event.type === 'step' ? [event.batchLoss] : [],
    );

  it('train like the new ones, and warn of each', async () => {
    // Node shows a warning once in a process, perhaps in another test: here it is enough that it is requested.
    const warned = { batch: vi.spyOn(warnOf, 'batchSize'), latent: vi.spyOn(warnOf, 'latentDim') };
    const made = [await losses({ batch: 4 }), await losses({ batch: 4 })];
    expect(warned.batch).toHaveBeenCalledTimes(2);
    expect(warned.latent).not.toHaveBeenCalled();
    await expect(allOf(vae.train({ train: dots(40) }, { latent: 0, batch: 4 }))).rejects.toThrow(
      'option latentDim: 0 was given',
    );
    expect(warned.latent).toHaveBeenCalledTimes(1);
    const now = await losses({ batchSize: 4 });
    expect(made).toEqual([now, now]);
    expect(now).toHaveLength(3);
    expect(now).not.toEqual(await losses({ batchSize: 5 }));
    expect(warned.batch).toHaveBeenCalledTimes(3);
  });

  it.each(Object.entries(trainings))(
    '%s: are old names of its options; both names at once are refused',
    async (_, train) => {
      await expect(allOf(train({ batch: 0 }))).rejects.toThrow(/^option batchSize: 0 was given/);
      await expect(allOf(train({ batch: 4, batchSize: 4 }))).rejects.toThrow(
        /^option batch and option batchSize are the same option; give only option batchSize$/,
      );
      await expect(allOf(train({ batch: undefined, batchSize: 0 }))).rejects.toThrow(/^option batchSize: 0/);
    },
  );

  it.each(['text', 'style'])('%s: has no latent space under either name', async (system) => {
    await expect(allOf(trainings[system]!({ latent: 4 }))).rejects.toThrow(
      'option latent: there is no such option',
    );
  });

  it.each(['vae', 'gan'])('%s: both names of the latent space at once are refused', async (system) => {
    await expect(allOf(trainings[system]!({ latent: 4, latentDim: 3 }))).rejects.toThrow(
      /^option latent and option latentDim are the same option/,
    );
  });

  it('replace values of the preset before them', async () => {
    const preset = { ...gan.DCGAN_PRESET, size: 16 } as const;
    await expect(allOf(gan.train(discs(), { ...preset, batch: 1 }))).rejects.toThrow('option batchSize: 1');
    await expect(allOf(gan.train(discs(), { ...preset, latent: 0 }))).rejects.toThrow('option latentDim: 0');
    await expect(allOf(gan.train(discs(), { ...preset, batchSize: 8, batch: 8 }))).rejects.toThrow(
      'same option',
    );
  });

  it.each([
    ['text', text.trainOptions],
    ['vae', vae.trainOptions],
    ['gan', gan.trainOptions],
    ['style', style.trainOptions],
  ])('%s: are read by the schema of its options, as by its training', (_, schema) => {
    const warned = vi.spyOn(warnOf, 'batchSize').mockClear();
    expect(schema.parse({ batch: 4 })).toEqual(schema.parse({ batchSize: 4 }));
    expect(warned).toHaveBeenCalledTimes(1);
    expect(schema.safeParse({ batch: 4, batchSize: 5 }).error?.issues[0]?.message).toBe(
      'option batch and option batchSize are the same option; give only option batchSize',
    );
    expect(schema.safeParse({ batch: 0 }).error?.issues[0]?.path).toEqual(['batchSize']);
    expect(schema.safeParse([4]).success).toBe(false);
  });

  it('of a latent space are read by the schemas of those systems that have one', () => {
    expect(vae.trainOptions.parse({ latent: 16 }).latentDim).toBe(16);
    expect(gan.trainOptions.parse({ ...gan.DCGAN_PRESET, latent: 16 }).latentDim).toBe(16);
    for (const schema of [text.trainOptions, style.trainOptions])
      expect(schema.safeParse({ latent: 16 }).error?.issues[0]?.code).toBe('unrecognized_keys');
  });

  it('of a text: step is now stride', async () => {
    const warned = vi.spyOn(warnOf, 'stride').mockClear();
    expect(await losses({ batchSize: 4, step: 5 })).toEqual(await losses({ batchSize: 4, stride: 5 }));
    expect(warned).toHaveBeenCalledTimes(1);
    expect(text.trainOptions.parse({ step: 5 }).stride).toBe(5);
    await expect(losses({ step: 0 })).rejects.toThrow('option stride: 0 was given');
  });

  it('of a dream: step is now stepSize, which also replaces that of a preset', async () => {
    const warned = vi.spyOn(warnOf, 'stepSize').mockClear();
    const network = dreamBackbone();
    const { options } = await dream.Dream.prepare(network, { ...dream.VISUALIZATION, layers, step: 0.5 });
    expect(options.stepSize).toBe(0.5);
    expect(warned).toHaveBeenCalledTimes(1);
    await expect(dream.Dream.prepare(network, { layers, step: 1, stepSize: 2 })).rejects.toThrow(
      /^option step and option stepSize are the same option/,
    );
    expect(dream.dreamOptions.parse({ step: 0.5 })).toEqual(dream.dreamOptions.parse({ stepSize: 0.5 }));
  });

  it('give the batches of a data set', () => {
    const random = new Random(1);
    const now = new PictureBatches(dots(10), { batchSize: 3, random });
    const before = new PictureBatches(dots(10), { batch: 3, random });
    expect(before.at(2)).toEqual(now.at(2));
    expect(() => new PictureBatches(dots(10), { batch: 3, batchSize: 3, random })).toThrow(
      /^batch and batchSize are the same option; give only batchSize$/,
    );
  });

  it('are mapped only where the options have the new name', () => {
    const { options, warnings } = newlyNamed(text.trainOptions, { batch: 4, latent: 3 });
    expect(options).toEqual({ batchSize: 4, latent: 3 });
    expect(warnings.map(({ words }) => words.written((name) => `--${name}`))).toEqual([
      '--batch is now --batchSize; the next version removes the old name',
    ]);
    expect(newlyNamed(text.sampleOptions, { batch: 4 }).options).toEqual({ batch: 4 });
  });
});

describe('old names of options in run.json', () => {
  const made = fileURLToPath(new URL('training/testing/runs-0.1.0', import.meta.url));
  const kinds: readonly RunKind<object, unknown, unknown>[] = [textRuns, vaeRuns, ganRuns, styleRuns];

  it.each(kinds)('$system: those of version 0.1.0 are read', async (kind) => {
    const folder = join(made, kind.system);
    const stored = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as {
      options: { batch: number; latent?: number };
    };
    const { options } = await readRun(kind, folder);
    expect(options).toMatchObject({ batchSize: stored.options.batch });
    expect(options).not.toHaveProperty('batch');
    if (stored.options.latent !== undefined)
      expect(options).toMatchObject({ latentDim: stored.options.latent });
    expect(options).not.toHaveProperty('latent');
  });

  it('cause no warning; new runs have the new names; a run with both is damaged', async () => {
    const folder = join(await temporaryFolder(), 'run');
    await allOf(text.train(corpus, { ...quick, batch: 4, maxSteps: 2, run: folder }));
    const file = join(folder, 'run.json');
    const now = await readFile(file, 'utf8');
    expect(now).toContain('"batchSize": 4');
    expect(now).not.toContain('"batch"');

    const weights = async (run: string): Promise<unknown> => {
      await allOf(text.resume(run, corpus, { maxSteps: 5 }));
      return (await text.Writer.load(run)).model.weights;
    };
    await cp(folder, `${folder}-before`, { recursive: true });
    await writeFile(join(`${folder}-before`, 'run.json'), now.replace('"batchSize"', '"batch"'));
    const made: unknown[] = [];
    expect(await warningsOf(async () => made.push(await weights(`${folder}-before`)))).toEqual([]);
    expect(made).toEqual([await weights(folder)]);

    await writeFile(file, now.replace('"batchSize"', '"batch": 4, "batchSize"'));
    await expect(text.Writer.load(folder)).rejects.toThrow(/run\.json is damaged at options/);
  });
});

it('old names of options in a recipe are read', async () => {
  const options = { batch: 8, latent: 3, roles: { dataset: [0] } };
  const recipe = { system: 'vae', job: 'vae.train', seed: 4, options, inputs: [] };
  const { request } = await remadeRequest(recipe as never, ['pictures'], 'run');
  expect(request.options).toMatchObject({ batchSize: 8, latentDim: 3, seed: 4 });
  expect(request.options).not.toHaveProperty('batch');
});

it('old names of jobs in a recipe are read', async () => {
  const roles = { frames: [0], styles: [1] };
  const recipe = {
    system: 'style',
    job: 'style.paint-film',
    version: '0.1.0',
    seed: 1,
    options: { roles },
    inputs: [],
  };
  const { job } = await remadeRequest(recipe, ['frames', 'wave.jpg'], 'out.gif');
  expect(job.name).toBe('style.paint-animation');
});

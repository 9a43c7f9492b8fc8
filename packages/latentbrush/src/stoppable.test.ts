import { join } from 'node:path';
import { InputError, Random } from '@latentbrush/engine';
import { describe, expect, it, vi } from 'vitest';
import { tinyBackbone } from './pretrained/backbones/testing/tiny-backbone.ts';
import { Dream, dream, dreamFrames, dreamZoom, explore } from './dream/index.ts';
import * as gan from './gan/index.ts';
import { discs } from './gan/testing/discs.ts';
import { noise } from './image/testing/noise.ts';
import { signalWarning, type Stoppable } from './options.ts';
import * as style from './style/index.ts';
import * as painting from './style/testing/painting.ts';
import * as perception from './style/testing/tiny-perception.ts';
import { systems } from './systems.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import * as text from './text/index.ts';
import * as vae from './vae/index.ts';
import * as dots from './vae/testing/collected.ts';

const network = tinyBackbone();
const photograph = noise(1, 3, 40, 46);
const layers = [{ layer: 'mixed1', coefficient: 1 }];
const dreaming = { layers, octaves: 2, octaveScale: 1.3, iterations: 3, maxLoss: 1e9, threads: 1 };

const corpus = { name: 'rhyme', text: 'the quick brown fox jumps over the lazy dog.\n'.repeat(30) };
const reading = { units: 4, window: 8, batchSize: 16, epochs: 3, sampleLength: 0, threads: 1 };
const model: text.LanguageModel = (() => {
  const vocabulary = text.Vocabulary.of(corpus.text, 'char', true);
  const architecture: text.Architecture = {
    model: 'lstm',
    units: 4,
    layers: 1,
    embedding: 0,
    kernelSize: 3,
    vocabularySize: vocabulary.size,
  };
  const weights = text.parametersOf(architecture).initialize(new Random(1));
  return { architecture, vocabulary, weights, window: 8, objective: 'sequence', passages: ['the quick'] };
})();

const discsOfGan = discs();
const playing = {
  architecture: 'dcgan',
  size: 16,
  filters: 4,
  latentDim: 6,
  batchSize: 4,
  iterations: 6,
  samples: 1,
  warmup: 0,
  threads: 1,
} as const satisfies gan.TrainInput;

const vgg = perception.tinyBackbone({ name: 'vgg-tiny' });
const strokes = {
  style: { name: 'wave.jpg', picture: noise(7, 3, 40, 50) },
  contentDir: 'photos',
  contents: [noise(3, 3, 66, 80)],
};
const painters = {
  ...perception.tinyLayers,
  size: 64,
  styleSize: 40,
  filters: 4,
  residualBlocks: 1,
  noise: 2,
  batchSize: 1,
  iterations: 6,
  threads: 1,
} as const;

async function* frames() {
  for (let frame = 0; frame < 4; frame++) yield await Promise.resolve(photograph);
}

/** Runs a job; returns its number of events. */
async function eventsOf(job: AsyncIterable<unknown>, onEvent?: (events: number) => void): Promise<number> {
  const iterator = job[Symbol.asyncIterator]();
  let events = 0;
  while ((await iterator.next()).done !== true) {
    events += 1;
    onEvent?.(events);
  }
  return events;
}

/** A job, and the place its signal had in version 0.1, after the options. */
type Job = (
  stop: Stoppable,
  folder: string,
  positional?: AbortSignal,
) => AsyncIterable<unknown> | Promise<AsyncIterable<unknown>>;

const jobs: Record<string, Job> = {
  'text.train': (stop, _, old) => text.train(corpus, { ...reading, ...stop }, old),
  'text.resume': async (stop, run, old) => {
    await eventsOf(text.train(corpus, { ...reading, epochs: 1, run }));
    return text.resume(run, corpus, { epochs: 3, ...stop }, old);
  },
  'text.generate': (stop, _, old) => text.generate(model, { length: 20, ...stop }, old),
  'dream.dream': (stop, _, old) => dream(network, photograph, { ...dreaming, ...stop }, {}, old),
  'dream.dreamZoom': (stop, _, old) =>
    dreamZoom(network, photograph, { frames: 4, zoom: 1.1 }, { ...dreaming, ...stop }, {}, old),
  'dream.dreamFrames': (stop, _, old) =>
    dreamFrames(network, frames(), 0.5, { ...dreaming, ...stop }, {}, old),
  'dream.explore': (stop, _, old) =>
    explore(network, photograph, 4, { ...dreaming, ...stop }, ['mixed1'], old),
  'dream.Dream.render': async (stop, _, old) =>
    (await Dream.prepare(network, dreaming)).render(photograph, old ?? stop),
  'dream.Dream.prepare': async (stop, _, old) =>
    (await Dream.prepare(network, { ...dreaming, ...stop })).render(photograph, old),
  'style.paint': (stop, _, old) =>
    style.paint(painting.likeVgg, painting.content, [painting.style], { ...painting.quick, ...stop }, old),
  'style.train': (stop, _, old) => style.train(vgg, strokes, { ...painters, ...stop }, old),
  'style.resume': async (stop, run, old) => {
    await eventsOf(style.train(vgg, strokes, { ...painters, iterations: 1, run }));
    return style.resume(run, vgg, strokes, { iterations: 6, ...stop }, old);
  },
  'vae.train': (stop, _, old) => vae.train(dots.pictures, { ...dots.quick, ...stop }, old),
  'vae.resume': async (stop, run, old) => {
    await eventsOf(vae.train(dots.pictures, { ...dots.quick, maxSteps: 1, run }));
    return vae.resume(run, dots.pictures, { maxSteps: 9, ...stop }, old);
  },
  'gan.train': (stop, _, old) => gan.train(discsOfGan, { ...playing, ...stop }, old),
  'gan.resume': async (stop, run, old) => {
    await eventsOf(gan.train(discsOfGan, { ...playing, iterations: 1, run }));
    return gan.resume(run, discsOfGan, { iterations: 6, ...stop }, old);
  },
};

it.each(systems.map(({ name }) => name))('%s: both its trainings are checked here', (system) => {
  expect(Object.keys(jobs)).toEqual(expect.arrayContaining([`${system}.train`, `${system}.resume`]));
});

/** How many events a job yields when it is stopped at the second. */
async function eventsUntilStopped(job: Job, place: 'option' | 'positional' | 'nowhere'): Promise<number> {
  const folder = join(await temporaryFolder(), 'run');
  const controller = new AbortController();
  const { signal } = controller;
  const begun =
    place === 'positional' ? job({}, folder, signal) : job(place === 'option' ? { signal } : {}, folder);
  return eventsOf(await begun, (events) => events === 2 && controller.abort());
}

describe.each(Object.entries(jobs))('%s', (_, job) => {
  it('is stopped by a signal among its options, and also by one after them', async () => {
    const stopped = await eventsUntilStopped(job, 'option');
    expect(stopped).toBeLessThan(await eventsUntilStopped(job, 'nowhere'));
    const warned = vi.spyOn(signalWarning, 'show').mockClear();
    expect(await eventsUntilStopped(job, 'positional')).toBe(stopped);
    expect(warned).toHaveBeenCalledTimes(1);
    await eventsUntilStopped(job, 'option');
    expect(warned).toHaveBeenCalledTimes(1);
  });

  it('refuses anything but a signal', async () => {
    const controller = new AbortController() as unknown as AbortSignal; // this is its signal
    const begun = async () => {
      const folder = join(await temporaryFolder(), 'run');
      await eventsOf(await job({ signal: controller }, folder));
    };
    await expect(begun()).rejects.toThrow(InputError);
    await expect(begun()).rejects.toThrow(/^option signal: .* was given; it must be an AbortSignal/);
  });
});

it('text.write returns the text so far at the signal; text.beginning accepts the same options', async () => {
  const options = { length: 20, signal: AbortSignal.abort() };
  expect(await text.write(model, options)).toBe('');
  expect(await text.write(model, { length: 20 }, AbortSignal.abort())).toBe('');
  expect(text.beginning(model, options).text).toBe('the quick');
});

it('of two signals, either ends the job', async () => {
  for (const [early, late] of [
    [AbortSignal.abort(), new AbortController().signal],
    [new AbortController().signal, AbortSignal.abort()],
  ] as const) {
    expect(await text.write(model, { length: 20, signal: early }, late)).toBe('');
  }
});

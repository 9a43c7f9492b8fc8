import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { pattern } from '../cli/testing/pictures.ts';
import { dreamOptions } from '../dream/index.ts';
import { writePicture } from '../image/index.ts';
import { styleOptions } from '../style/index.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { sampleOptions, trainOptions as textOptions } from '../text/index.ts';
import { trainOptions as vaeOptions } from '../vae/index.ts';
import { dreamExploreJob } from './dream/explore.ts';
import { dreamFramesJob } from './dream/frames.ts';
import { dreamPictureJob } from './dream/picture.ts';
import { dreamZoomJob } from './dream/zoom.ts';
import type { JobEvent } from './job.ts';
import { stylePaintJob } from './style/paint.ts';
import { textWriteJob } from './text/write.ts';
import { textTraining } from './train/text.ts';
import { vaeTraining } from './train/vae.ts';

const RINGS = fileURLToPath(new URL('../vae/testing/rings-62-idx3-ubyte', import.meta.url));
const reading = { units: 4, window: 8, batchSize: 16, maxSteps: 1, sampleLength: 0, threads: 1 };

afterEach(() => vi.restoreAllMocks());

async function finish(events: AsyncIterable<JobEvent>): Promise<void> {
  for await (const { type } of events) if (type === 'done') return;
}

async function folderWith(name: string): Promise<string> {
  const folder = await temporaryFolder();
  if (name.endsWith('.txt')) await writeFile(join(folder, name), 'the quick brown fox jumps.\n'.repeat(9));
  else await writePicture(join(folder, name), pattern(110, 100));
  return folder;
}

/** Counts the checks of each schema during a call. */
async function checksDuring(schemas: readonly z.ZodType[], run: () => Promise<void>): Promise<number[]> {
  const checks = schemas.map((schema) => vi.spyOn(schema, 'safeParse').mockClear());
  await run();
  return checks.map(({ mock }) => mock.calls.length);
}

// The checked values stay the same: no later code must check or change them again.
describe('a value is checked once, by its job', () => {
  it('a learning rate', async () => {
    const folder = await folderWith('rhyme.txt');
    const request = { inputs: { corpus: join(folder, 'rhyme.txt') }, output: join(folder, 'run') };
    const train = () =>
      finish(textTraining.train.run({ ...request, options: { ...reading, learningRate: 0.02 } }));
    expect(await checksDuring([textOptions], train)).toEqual([1]);
    const options = { maxSteps: 2 };
    const resume = () => finish(textTraining.resume.run({ ...request, inputs: {}, options }));
    expect(await checksDuring([textOptions, textTraining.resume.options], resume)).toEqual([0, 1]);
  });

  it('a beta', async () => {
    const output = join(await temporaryFolder(), 'run');
    const options = { beta: 2, filters: 4, maxSteps: 1, samples: 1, threads: 1 };
    const train = () => finish(vaeTraining.train.run({ inputs: { dataset: RINGS }, options, output }));
    expect(await checksDuring([vaeOptions], train)).toEqual([1]);
  });

  it('a temperature, of any number of texts', async () => {
    const folder = await folderWith('rhyme.txt');
    const run = join(folder, 'run');
    await finish(
      textTraining.train.run({
        inputs: { corpus: join(folder, 'rhyme.txt') },
        options: reading,
        output: run,
      }),
    );
    const options = { temperature: [0.5, 1], count: 2, length: 3 };
    const write = () => finish(textWriteJob.run({ inputs: { run }, options, output: '' }));
    expect(await checksDuring([textWriteJob.options, sampleOptions], write)).toEqual([1, 0]);
  });

  const dreaming = {
    backbone: 'embedded',
    layers: [{ layer: 'conv2d_5', coefficient: 1 }],
    octaves: 1,
    iterations: 1,
    threads: 1,
  };

  it.each([
    ['a picture', dreamPictureJob, {}, 'dream.png'],
    ['a zoom', dreamZoomJob, { frames: 2 }, 'dream.gif'],
    ['an exploration', dreamExploreJob, { explore: 2 }, 'dream.png'],
  ] as const)('a coefficient of the dream of %s', async (_, job, more, output) => {
    const folder = await folderWith('photo.png');
    const request = { inputs: { picture: join(folder, 'photo.png') }, output: join(folder, output) };
    const dream = () => finish(job.run({ ...request, options: { ...dreaming, ...more } }));
    expect(await checksDuring([job.options, dreamOptions], dream)).toEqual([1, 0]);
  });

  it('a coefficient of the dream of an animation', async () => {
    const folder = await folderWith('1.png');
    const request = { inputs: { frames: folder }, options: dreaming, output: join(folder, 'out.gif') };
    const dream = () => finish(dreamFramesJob.run(request));
    expect(await checksDuring([dreamFramesJob.options, dreamOptions], dream)).toEqual([1, 0]);
  });

  it('a weight of a painting', async () => {
    const folder = await folderWith('photo.png');
    const picture = join(folder, 'photo.png');
    const options = {
      backbone: 'embedded',
      height: 64,
      rounds: 1,
      evaluations: 2,
      styleWeight: 2,
      threads: 1,
    };
    const request = {
      inputs: { content: picture, styles: [picture] },
      options,
      output: join(folder, 'out.png'),
    };
    const paint = () => finish(stylePaintJob.run(request));
    expect(await checksDuring([stylePaintJob.options, styleOptions], paint)).toEqual([1, 0]);
  });
});

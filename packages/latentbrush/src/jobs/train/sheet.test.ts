import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { pattern } from '../../cli/testing/pictures.ts';
import { readPicture, readRecipe, writePicture } from '../../image/index.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { JobEvent } from '../job.ts';
import { jobNamed } from '../registry.ts';
import { remadeRequest } from '../remade-request.ts';

const RINGS = fileURLToPath(new URL('../../vae/testing/rings-62-idx3-ubyte', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const at = (name: string): string => join(folder, name);

async function run(
  name: string,
  request: { inputs: object; options: object; output: string },
): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  const { inputs, ...others } = request;
  for await (const event of (await jobNamed(name)).run({ inputs: { ...inputs }, ...others } as never))
    events.push(event);
  return events;
}

/** A style picture, and a folder with a photograph. */
async function photos(): Promise<object> {
  await writePicture(at('wave.png'), pattern(100, 90));
  await mkdir(at('photos'));
  await writePicture(at('photos/a.png'), pattern(90, 90));
  return { style: at('wave.png'), contentDir: at('photos') };
}

const few = { threads: 1, filters: 4 } as const;
const vae = { ...few, samples: 4 };
const gan = { ...few, architecture: 'dcgan', size: 16, batchSize: 2, samples: 1, sampleEvery: 2 };
const style = { ...few, backbone: 'embedded', size: 80, styleSize: 90, styleScales: [1], residualBlocks: 1, sampleEvery: 1 }; // prettier-ignore

/** Makes a sheet of the run again, with its inputs at their places. */
async function remade(
  sheet: string,
  inputs: readonly string[],
): Promise<{ events: JobEvent[]; path: string }> {
  const recipe = (await readRecipe(sheet))!;
  const { job, request } = await remadeRequest(recipe, inputs, at('again.png'));
  const events: JobEvent[] = [];
  for await (const event of job.run(request)) events.push(event);
  return { events, path: request.output };
}

describe('the sheets of a training', { timeout: 60_000 }, () => {
  it.each([
    ['vae', vae, { epochs: 3 }, ['epoch-0002-samples.png', 'epoch-0002-reconstructions.png']],
    ['gan', gan, { iterations: 5 }, ['step-000002-generated.png', 'step-000005-real.png']],
  ])('%s: a recipe makes a sheet of any step again, to the byte', async (system, options, length, sheets) => {
    const request = { inputs: { dataset: RINGS }, options: { ...options, ...length }, output: at('run') };
    await run(`${system}.train`, request);
    for (const name of sheets) {
      const sheet = join(request.output, 'samples', name);
      const recipe = await readRecipe(sheet);
      expect(recipe).toMatchObject({ job: `${system}.train-sheet`, seed: 1, inputs: [{ name: 'rings-62-idx3-ubyte' }] }); // prettier-ignore
      expect(JSON.stringify(recipe)).not.toContain(folder);
      const { path, events } = await remade(sheet, [RINGS]);
      expect(await readFile(path)).toEqual(await readFile(sheet));
      expect(String(events[0]?.type === 'note' && events[0].words)).toMatch(/^training again from the beginning, up to step \d+;/); // prettier-ignore
    }
  });

  it.each([
    ['vae', vae, 'epochs', 3],
    ['gan', gan, 'iterations', 6],
  ])(
    '%s: have the same bytes if the training stopped and continued, in another folder',
    async (system, options, length, long) => {
      // prettier-ignore
      const inputs = { dataset: RINGS };
      await run(`${system}.train`, { inputs, options: { ...options, [length]: long }, output: at('whole') });
      await run(`${system}.train`, { inputs, options: { ...options, [length]: 1 }, output: at('parts') });
      await run(`${system}.resume`, {
        inputs: {},
        options: { [length]: long, keep: 3 },
        output: at('parts'),
      });
      const names = await readdir(at('whole/samples'));
      expect(names).toHaveLength(6);
      for (const name of names)
        expect(await readFile(at(`parts/samples/${name}`)), name).toEqual(
          await readFile(at(`whole/samples/${name}`)),
        );
    },
  );

  it('style: a recipe makes a middle sheet again, at the learning rate of the whole training', async () => {
    const inputs = await photos();
    await run('style.train', { inputs, options: { ...style, iterations: 3 }, output: at('run') });
    const sheet = at('run/samples/step-000002.png');
    expect(await readRecipe(sheet)).toMatchObject({
      job: 'style.train-sheet',
      options: { iterations: 3, step: 2 },
      inputs: [{ name: 'wave.png' }, { name: 'photos', files: 1 }],
    });
    const { path } = await remade(sheet, [at('wave.png'), at('photos')]);
    expect(await readFile(path)).toEqual(await readFile(sheet));
  });

  it('style: warns that a sheet of a lengthened training cannot be made again exactly', async () => {
    const inputs = await photos();
    await run('style.train', { inputs, options: { ...style, iterations: 1 }, output: at('run') });
    await run('style.resume', { inputs: {}, options: { iterations: 2 }, output: at('run') });
    const sheet = at('run/samples/step-000002.png');
    expect(await readRecipe(sheet)).toMatchObject({ options: { lengthened: true } });
    expect((await readRecipe(at('run/samples/step-000001.png')))?.options).not.toHaveProperty('lengthened');
    const { events } = await remade(sheet, [at('wave.png'), at('photos')]);
    expect(events.filter(({ type }) => type === 'warning')).toHaveLength(1);
  });

  it('refuses a sheet that the training does not have', async () => {
    const inputs = { dataset: [RINGS] };
    for (const wrong of [
      { sheet: 'none', step: 2, iterations: 2 },
      { sheet: 'real', step: 1, iterations: 2 },
    ])
      await expect(
        run('gan.train-sheet', { inputs, options: { ...gan, ...wrong }, output: at('x.png') }),
      ).rejects.toThrow(/^gan training: has no sheet "\w+" at step \d;/);
    await expect(readPicture(at('x.png'))).rejects.toThrow();
  });
});

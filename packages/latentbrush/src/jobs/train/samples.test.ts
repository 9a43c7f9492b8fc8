import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { corpora } from '../../data/index.ts';
import { pattern } from '../../cli/testing/pictures.ts';
import { readPicture, readRecipe, recipeBeside, recipeInput, writePicture } from '../../image/index.ts';
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
  { dataDir, ...request }: { inputs: object; options: object; output: string; dataDir?: string },
): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  const { inputs, ...others } = request;
  const asked = { inputs: { ...inputs }, ...others } as never;
  for await (const event of (await jobNamed(name)).run(asked, { dataDir })) events.push(event);
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

const RHYME = 'the quick brown fox jumps over the lazy dog. '.repeat(12);
const text = { units: 6, window: 8, batchSize: 16, threads: 1, sampleLength: 12, temperatures: [0.5, 1] };

/** Files in the test's folder, by name; a name may have a folder before it. */
async function written(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, contents] of Object.entries(files)) {
    await mkdir(dirname(at(name)), { recursive: true });
    await writeFile(at(name), contents);
  }
}

/** Makes the sample texts of an epoch again, and returns both files and the events. */
async function remadeText(
  original: string,
  inputs: readonly string[],
): Promise<{ events: JobEvent[]; before: Buffer[]; after: Buffer[] }> {
  const { job, request } = await remadeRequest((await recipeBeside(original))!, inputs, at('again.txt'));
  const events: JobEvent[] = [];
  for await (const event of job.run(request)) events.push(event);
  const both = async (path: string) => [await readFile(path), await readFile(`${path}.recipe.json`)];
  return { events, before: await both(original), after: await both(at('again.txt')) };
}

describe('the sample texts of a training', { timeout: 60_000 }, () => {
  it.each([
    ['a file', { 'rhyme.txt': RHYME }, 'rhyme.txt', { name: 'rhyme.txt' }],
    [
      'a folder',
      { 'book/a.txt': RHYME, 'book/b.md': RHYME, 'book/c.png': '?' },
      'book',
      { name: 'book', files: 2 },
    ],
  ])('%s: a recipe writes the texts of any epoch again, to the byte', async (_, files, corpus, input) => {
    // prettier-ignore
    await written(files);
    await run('text.train', { inputs: { corpus: at(corpus) }, options: { ...text, epochs: 3 }, output: at('run') }); // prettier-ignore
    const original = at('run/samples/epoch-0002.txt');
    const recipe = await recipeBeside(original);
    expect(recipe).toMatchObject({ job: 'text.train-sample', seed: 1, options: { epochs: 2 }, inputs: [input] }); // prettier-ignore
    expect(JSON.stringify(recipe)).not.toContain(folder);
    const { events, before, after } = await remadeText(original, [at(corpus)]);
    expect(after).toEqual(before);
    expect(String(events[0]?.type === 'note' && events[0].words)).toMatch(/^training again from the beginning, up to step \d+;/); // prettier-ignore
  });

  it('have the same bytes if the training stopped and continued, in another folder', async () => {
    await written({ 'rhyme.txt': RHYME });
    const inputs = { corpus: at('rhyme.txt') };
    await run('text.train', { inputs, options: { ...text, epochs: 3 }, output: at('whole') });
    await run('text.train', { inputs, options: { ...text, maxSteps: 20 }, output: at('parts') });
    await run('text.resume', { inputs: {}, options: { epochs: 3, maxSteps: 1e6, keep: 3 }, output: at('parts') }); // prettier-ignore
    const names = await readdir(at('whole/samples'));
    expect(names).toHaveLength(6);
    for (const name of names)
      expect(await readFile(at(`parts/samples/${name}`)), name).toEqual(
        await readFile(at(`whole/samples/${name}`)),
      );
  });

  it('of a known corpus name it, wherever its copy was', async () => {
    const { fileNames } = corpora.find(({ name }) => name === 'shakespeare')!;
    await written({ [`data/${fileNames[0]!}`]: RHYME });
    for (const corpus of ['shakespeare', 'Shakespeare']) {
      const output = at(`run of ${corpus}`);
      await run('text.train', { inputs: { corpus }, options: { ...text, epochs: 1 }, output, dataDir: at('data') }); // prettier-ignore
      const recipe = await recipeBeside(join(output, 'samples/epoch-0001.txt'));
      expect(recipe).toMatchObject({ options: { named: 'shakespeare' }, inputs: [] });
    }
  });

  it('of a known corpus are made from it, not from a file of that name, and a recipe names no other file', async () => {
    const { fileNames } = corpora.find(({ name }) => name === 'shakespeare')!;
    await written({ [`data/${fileNames[0]!}`]: RHYME, shakespeare: 'Not this one. '.repeat(40) });
    const before = process.cwd();
    process.chdir(folder);
    onTestFinished(() => process.chdir(before));
    await run('text.train', { inputs: { corpus: at(`data/${fileNames[0]!}`) }, options: { ...text, epochs: 1 }, output: at('run') }); // prettier-ignore
    const { step } = (await recipeBeside(at('run/samples/epoch-0001.txt')))!.options;
    const options = { ...text, epochs: 1, step, named: 'shakespeare' };
    await run('text.train-sample', { inputs: {}, options, output: at('again.txt'), dataDir: at('data') });
    expect(await readFile(at('again.txt'))).toEqual(await readFile(at('run/samples/epoch-0001.txt')));
    expect((await recipeBeside(at('again.txt')))!).toMatchObject({ inputs: [], options: { named: 'shakespeare' } }); // prettier-ignore
    await written({ private: RHYME });
    await expect(
      run('text.train-sample', {
        inputs: {},
        options: { ...options, named: 'private' },
        output: at('x.txt'),
      }),
    ).rejects.toThrow(/named/);
  });

  it('of a stream name it and its text, so that a file with the same text can take its place', async () => {
    const stdin = process.stdin;
    Object.defineProperty(process, 'stdin', { value: Readable.from([RHYME]), configurable: true });
    onTestFinished(() => void Object.defineProperty(process, 'stdin', { value: stdin, configurable: true }));
    await run('text.train', { inputs: { corpus: '-' }, options: { ...text, epochs: 1 }, output: at('run') });
    const original = at('run/samples/epoch-0001.txt');
    await written({ stdin: RHYME });
    const recipe = (await recipeBeside(original))!;
    expect(recipe.inputs).toEqual([await recipeInput(at('stdin'))]);
    const { before, after } = await remadeText(original, [at('stdin')]);
    expect(after).toEqual(before);
  });

  it('refuse an epoch that the training does not have, and write nothing', async () => {
    await written({ 'rhyme.txt': RHYME });
    const inputs = { corpus: at('rhyme.txt') };
    const options = { ...text, epochs: 1, step: 2 };
    await expect(run('text.train-sample', { inputs, options, output: at('x.txt') })).rejects.toThrow(
      /^text training: has no sample texts at step 2;/,
    );
    await expect(run('text.train-sample', { inputs: {}, options, output: at('x.txt') })).rejects.toThrow(
      'text training: the recipe names no corpus; use a file from the samples of a run',
    );
    expect(await readdir(folder)).toEqual(['rhyme.txt']);
  });
});

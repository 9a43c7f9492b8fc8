import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPicture } from '../../image/index.ts';
import { pretrainedNames } from '../../runs/pretrained-runs.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { call } from '../testing/call.ts';
import { folderOfPictures, pattern } from '../testing/pictures.ts';
import { refusal } from '../testing/refusal.ts';

const FACES = 'pretrained:faces-vae';

/** Calls the program, which must succeed. @returns what it wrote */
async function done(args: readonly string[], folder: string): Promise<string> {
  const { code, stdout, stderr } = await call(args, folder);
  expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

describe('a run of the package, on the command line', () => {
  it.each(pretrainedNames())('%s: info says what it is', async (name) => {
    const said = await done(['info', name], await temporaryFolder());
    expect(said).toContain(`${name}: `);
    expect(said).toMatch(/\nsteps +\d{2,}\n/);
  });

  it('is sampled, and the recipe makes the same picture again, wherever the file is', async () => {
    const folder = await temporaryFolder();
    await done(['vae', 'sample', FACES, '--count', '4', '--threads', '1', '-o', 'faces.png'], folder);
    await done(['remake', 'faces.png'], folder);
    expect((await readdir(folder)).sort()).toEqual(['faces-again.png', 'faces.png']);
    await done(['gan', 'sample', 'pretrained:faces-gan', '--count', '4', '--threads', '1', '-o', 'new.png'], folder); // prettier-ignore
    await done(['remake', 'new.png'], folder);
  }, 60_000);

  it('is bent along its own concept, and remake makes that again, too', async () => {
    const folder = await temporaryFolder();
    const bend = ['vae', 'bend', FACES, 'seed:3', '--concept', `${FACES}/smile`, '--steps', '3'];
    await done([...bend, '--threads', '1', '-o', 'smile.png'], folder);
    await done(['remake', 'smile.png'], folder);
    expect(await refusal([...bend.slice(0, -3), `${FACES}/yawn`], folder)).toContain(`choose ${FACES}/`);
  }, 60_000);

  it('writes, and the text is made again', async () => {
    const folder = await temporaryFolder();
    const prompt = ['--prompt', 'call me ishmael', '--length', '30', '--stateful'];
    const said = await done(['text', 'sample', 'pretrained:moby-dick', ...prompt], folder);
    expect(said).toMatch(/^call me ishmael[\s\S]{30}/);
    await done(['text', 'sample', 'pretrained:moby-dick', ...prompt, '-o', 'page.txt'], folder);
    expect(await readFile(join(folder, 'page.txt'), 'utf8')).toMatch(/^call me ishmael/);
    await done(['remake', 'page.txt'], folder);
  }, 60_000);

  it('paints, and the picture is made again', async () => {
    const folder = await folderOfPictures({ 'town.png': pattern(48, 32, 1) });
    const apply = ['style', 'apply', 'pretrained:starry-night', 'town.png', '-o', 'painted.png'];
    await done([...apply, '--threads', '1'], folder);
    expect(await readPicture(join(folder, 'painted.png'))).toMatchObject({ width: 48, height: 32 });
    await done(['remake', 'painted.png'], folder);
  }, 60_000);

  it('is exported under its own name', async () => {
    const folder = await temporaryFolder();
    await done(['export', FACES], folder);
    await done(['export', 'pretrained:moby-dick'], folder);
    expect((await readdir(folder)).sort()).toEqual(['faces-vae-onnx', 'moby-dick.onnx']);
  }, 60_000);

  it.each([
    ['vae', 'train', 'emoji:faces', '--run', FACES],
    ['vae', 'train', '--resume', FACES],
    ['gan', 'train', '--resume', 'pretrained:faces-gan'],
    ['text', 'train', '--resume', 'pretrained:moby-dick'],
    ['style', 'train', '--resume', 'pretrained:starry-night'],
  ])('is only for use: %s %s %s', async (...args) => {
    expect(await refusal(args, await temporaryFolder())).toMatch(
      /^error: pretrained:[\w-]+: comes with the package and is only for use; /,
    );
  });

  it('of no such name is one line that names those that there are', async () => {
    expect(await refusal(['info', 'pretrained:cats'], await temporaryFolder())).toContain(
      `pretrained:cats: no such run comes with the package; choose ${FACES}, `,
    );
  });
});

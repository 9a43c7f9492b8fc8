import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { quick } from './dream/testing/dreams.ts';
import { call } from '../testing/call.ts';
import { folderOfPictures, pattern } from '../testing/pictures.ts';
import { refusal } from '../testing/refusal.ts';

/** A training of a second, of the text in {@link folderWithRhyme}. */
const small = ['--units', '4', '--window', '8', '--batch-size', '4', '--threads', '1', '--max-steps', '1'];

async function folderWithRhyme(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'rhyme.txt'), 'the fox sat on the box and the hen sat in the pen\n'.repeat(9));
  return folder;
}

describe('arguments that shells and programs can misread', () => {
  it.each([
    [['dream', ''], 'picture'],
    [['text', 'train', ''], 'corpus'],
    [['text', 'train', 'a.txt', '--run', ''], '--run <folder>'],
    [['vae', 'bend', 'run', 'a.png', '', '--concept', 'c.json'], 'pictures'],
    [['vae', 'grid', 'run', '-o', ''], '-o, --output <file>'],
  ])('%j: the empty argument is named', async (args, name) => {
    expect(await refusal(args, await temporaryFolder())).toBe(
      `error: ${name}: the value is empty; give a value, or leave it out\n`,
    );
  });

  it('files that begin with a dash are accepted after --, and printed so that they are no options', async () => {
    const folder = await folderOfPictures({ 'x.png': pattern(100, 90) });
    await rename(join(folder, 'x.png'), join(folder, '-dash.png'));
    const dreamed = await call(['dream', ...quick, '--', '-dash.png'], folder);
    expect(dreamed).toMatchObject({ code: 0, stdout: '-dash-dream.png\n' });
    const explored = await call(
      ['dream', ...quick, '--explore', '1', '-o', 'e.png', '--', '-dash.png'],
      folder,
    );
    expect(explored.stdout).toContain('latentbrush dream ./-dash.png --octaves 1');
  });

  it('folders with spaces are printed in quotes when a training says how to continue', async () => {
    const folder = await folderWithRhyme();
    const trained = await call(['text', 'train', 'rhyme.txt', '--run', 'my run', ...small], folder);
    expect(trained.stderr).toContain("latentbrush text train --resume 'my run'\n");
    expect(trained.stderr).toContain("latentbrush text sample 'my run' --prompt ...\n");
    const again = await refusal(['text', 'train', 'rhyme.txt', '--run', 'my run', ...small], folder);
    expect(again).toContain(
      "continue it with latentbrush text train --resume 'my run', or choose another folder",
    );
  });

  it('half-written samples of a killed training are deleted when it is resumed', async () => {
    const folder = await folderWithRhyme();
    await call(['text', 'train', 'rhyme.txt', '--run', 'r', ...small], folder);
    await mkdir(join(folder, 'r', 'samples'), { recursive: true });
    await writeFile(join(folder, 'r', 'samples', '.epoch-0001.txt.4194305-0123456789ab.tmp'), 'half');
    await call(['text', 'train', '--resume', 'r', '--max-steps', '2'], folder);
    expect(await readdir(join(folder, 'r', 'samples'))).toEqual([]);
  });

  it('one token is a token', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'one.txt'), 'x');
    expect(await refusal(['text', 'train', 'one.txt'], folder)).toContain(
      'it has 1 token, too few for a window',
    );
  });
});

import { mkdir, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { picture, writePicture } from '../../image/index.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { findStoredPaths } from './stored-paths.ts';
import { call } from '../testing/call.ts';
import { folderOfPictures, pattern } from '../testing/pictures.ts';

const [NFC, NFD] = ['\u00e9l\u00e9phant', 'e\u0301le\u0301phant'];

/** A folder with a folder called so. */
async function folderWith(name: string): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, name));
  await writePicture(join(folder, 'x.png'), picture(3, 20, 20));
  for (const n of [1, 2, 3]) await symlink('../x.png', join(folder, name, `${n}.png`));
  return folder;
}

describe('paths of the command line are found in either form of Unicode', () => {
  it('arguments, options, lists of options, and paths with commas; not texts', async () => {
    const place = join(await folderWith(NFD), 'X');
    const at = (name: string): string => join(place, '..', name);
    const command = new Command('test')
      .argument('<run>')
      .argument('[more...]')
      .option('--from <folder>')
      .option('--mask <picture>', '', (value: string, before: readonly string[] | undefined) => [
        ...(before ?? []),
        value,
      ])
      .option('--label <words>')
      .hook('preAction', (_, called) => findStoredPaths(called));
    let seen: unknown[] = [];
    command.action((...given: unknown[]) => {
      seen = given.slice(0, 3);
    });
    const words = [at(NFC), at(NFC), `${at(NFC)},b`, '--from', at(NFC), '--mask', at(NFC), '--mask', 'm'];
    await command.parseAsync([...words, '--label', at(NFC)], { from: 'user' });
    const options = { from: at(NFD), mask: [at(NFD), 'm'], label: at(NFC) };
    expect(seen).toEqual([at(NFD), [at(NFD), `${at(NFD)},b`], options]);
    expect(command.args).toEqual([at(NFD), at(NFD), `${at(NFD)},b`]);
  });

  it.each([
    ['NFC', NFC, NFD],
    ['NFD', NFD, NFC],
  ])('a data set whose folder is stored in %s', async (_, stored, typed) => {
    const folder = await folderWith(stored);
    const { code, stdout, stderr } = await call(['data', 'info', typed, '--json'], folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('"train":3');
  });

  it('a picture, and an input of remake whose name a disk has changed', async () => {
    const folder = await folderOfPictures({ [`${NFD}.png`]: pattern(110, 100) });
    const quick = ['--layers', 'conv2d_5=1', '--octaves', '1', '--iterations', '0', '--threads', '1'];
    const dreamed = await call(['dream', `${NFC}.png`, ...quick, '-o', 'out.png', '--quiet'], folder);
    expect(dreamed).toEqual({ code: 0, stdout: 'out.png\n', stderr: '' });
    await rename(join(folder, `${NFD}.png`), join(folder, `${NFC}.png`));
    expect((await call(['remake', 'out.png', '--quiet'], folder)).code).toBe(0);
  });
});

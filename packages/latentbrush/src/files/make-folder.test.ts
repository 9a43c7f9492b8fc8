import { existsSync } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { makeFolder } from './make-folder.ts';

describe('makeFolder', () => {
  it('makes a folder and those above it, also when several ask for it at once', async () => {
    const path = join(await temporaryFolder(), 'a', 'b', 'c');
    await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(path, 'd'))]);
    expect((await stat(join(path, 'd'))).isDirectory()).toBe(true);
  });

  it('does not change an existing folder', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'a'));
    await writeFile(join(folder, 'a', 'notes.txt'), '');
    await makeFolder(join(folder, 'a'));
    expect(existsSync(join(folder, 'a', 'notes.txt'))).toBe(true);
    await makeFolder('/');
    await makeFolder('.');
  });

  it('refuses when a file has that name', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(folder, 'file', 'a', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.skipIf(process.platform !== 'linux')('fails where no folder can be made, as in /proc', async () => {
    const work = makeFolder('/proc/none/weights');
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow('/proc/none: a folder cannot be created here; choose another place');
  });
});

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { listFiles, naturallySorted, type Listing } from './list-files.ts';

/** A folder with empty files, and links by their paths and targets. */
async function folderWith(
  files: readonly string[],
  links: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await temporaryFolder();
  for (const path of [...files, ...Object.keys(links)])
    await mkdir(join(folder, dirname(path)), { recursive: true });
  for (const path of files) await writeFile(join(folder, path), '');
  for (const [path, target] of Object.entries(links)) await symlink(target, join(folder, path));
  return folder;
}

/** The listed and the left-out files of a folder, by paths within it. */
async function listed(
  folder: string,
  within = '.',
  options: Partial<Listing> = {},
): Promise<{ found: string[]; leftOut: string[] }> {
  const root = join(folder, within);
  const leftOut: string[] = [];
  const found = await listFiles(root, {
    accepts: (path) => path.endsWith('.png'),
    hidden: false,
    leftOut: (path, reason) => leftOut.push(reason.replace(path, relative(root, path))),
    rules: 2,
    ...options,
  });
  return { found: found.map((path) => relative(root, path)), leftOut };
}

describe('listFiles', () => {
  it('follows links to files and to folders, wherever they are', async () => {
    const folder = await folderWith(['store/1.png', 'store/2.png', 'set/0.png'], {
      'set/1.png': '../store/1.png',
      'set/class': '../store',
      set2: 'set',
    });
    const all = ['0.png', '1.png', 'class/1.png', 'class/2.png'];
    expect(await listed(folder, 'set')).toEqual({ found: all, leftOut: [] });
    expect((await listed(folder, 'set2')).found).toEqual(all); // the folder itself can be a link
  });

  it('names links that are broken, circular, or lead to a folder above them', async () => {
    const folder = await folderWith(['a/1.png'], {
      'a/gone.png': '/nowhere/x.png',
      'a/gone': 'nowhere',
      'a/gone.txt': 'nowhere.txt', // its target was no picture
      'a/self.png': 'self.png',
      'a/up': '..',
      'a/b/twice': '../../a',
    });
    const { found, leftOut } = await listed(folder);
    expect(found).toEqual(['a/1.png']);
    expect(leftOut.sort()).toEqual([
      'a/b/twice: is a link to a folder that contains it',
      'a/gone.png: is a link to /nowhere/x.png, which does not exist; fix or remove it',
      'a/gone: is a link to nowhere, which does not exist; fix or remove it',
      'a/self.png: is a link that leads back to itself; fix or remove it',
      'a/up: is a link to a folder that contains it',
    ]);
  });

  it('ends when links multiply the paths', async () => {
    const levels = Array.from({ length: 24 }, (_, n) => n);
    const folder = await folderWith(
      [...levels.map((n) => `${n}/x.txt`), '24/end.png'],
      Object.fromEntries(levels.flatMap((n) => ['a', 'b'].map((name) => [`${n}/${name}`, `../${n + 1}`]))),
    );
    await expect(listed(folder, '0')).rejects.toThrow(/more than 10000 folders behind links; remove/);
  }, 60_000);

  it('by the rules of version 0.1.0 ignores links and sorts by code units', async () => {
    const folder = await folderWith(['f10.png', 'f2.png', '.h.png'], { 'f1.png': 'f2.png' });
    expect(await listed(folder, '.', { rules: 1 })).toEqual({ found: ['f10.png', 'f2.png'], leftOut: [] });
    expect((await listed(folder)).found).toEqual(['f1.png', 'f2.png', 'f10.png']);
    expect((await listed(folder, '.', { hidden: true })).found[0]).toBe('.h.png');
  });
});

describe('naturallySorted', () => {
  it.each([
    ['numbers by value', ['frame1', 'frame2', 'frame3', 'frame9', 'frame10', 'frame11']],
    ['a name before the same with a number', ['f.png', 'f1.png', 'f10.png']],
    ['numbers of any length, exactly', ['9007199254740992', '9007199254740993', '19007199254740992']],
    ['numbers with zeros before them', ['01', '1', '02', '2', '10']],
    ['several numbers', ['s1e2', 's1e10', 's2e1', 's10e1']],
    ['folder by folder', ['a/2', 'a/10', 'a-1/1', 'a.png', 'b/1']],
    ['decomposed names as composed ones', ['e', 'f', '\u00e9a', 'e\u0301b', '\u00e9c']],
  ])('orders %s', (_, order) => {
    expect(naturallySorted(order.toReversed())).toEqual(order);
  });
});

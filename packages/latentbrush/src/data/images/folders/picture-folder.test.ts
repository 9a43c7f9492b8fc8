import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { picture, writePicture } from '../../../image/index.ts';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { bmpFile } from '../../../image/testing/bmp-file.ts';
import { listPictures, readPictures } from './picture-folder.ts';

async function folderWith(...paths: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const path of paths) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), '');
  }
  return folder;
}

describe('listPictures', () => {
  it('finds pictures in all sub-folders by their extensions, in the order of their paths', async () => {
    const folder = await folderWith('b.PNG', 'a/z.jpg', 'a/b/c.webp', 'notes.txt', 'a.tiff');
    const found = (await listPictures(folder)).map((path) => relative(folder, path).replaceAll(sep, '/'));
    expect(found).toEqual(['a/b/c.webp', 'a/z.jpg', 'a.tiff', 'b.PNG']);
  });

  it('finds JPEG files with the names of browsers, and files without an extension by their contents', async () => {
    const folder = await folderWith('a.jfif', 'b.JPE', 'notes', 'frame10.png', 'frame9.png');
    await writePicture(join(folder, 'x.png'), picture(3, 8, 8));
    await rename(join(folder, 'x.png'), join(folder, 'download'));
    const found = (await listPictures(folder)).map((path) => relative(folder, path));
    expect(found).toEqual(['a.jfif', 'b.JPE', 'download', 'frame9.png', 'frame10.png']);
    expect(await listPictures(folder, { rules: 1 })).toEqual(
      ['frame10.png', 'frame9.png'].map((name) => join(folder, name)),
    );
  });

  it('names pictures that cannot be read, with what to do, and ignores other files', async () => {
    const folder = await folderWith('notes.txt', 'film.mp4', 'README');
    await writePicture(join(folder, 'a.tif'), picture(3, 8, 8));
    await rename(join(folder, 'a.tif'), join(folder, 'a.NEF'));
    await writeFile(join(folder, 'b.heic'), '\0\0\0\x18ftypheic\0\0\0\0mif1heic');
    await writeFile(join(folder, 'c.psd'), '8BPS');
    await writeFile(join(folder, 'd.bmp'), bmpFile({ width: 1, height: 1, bits: 24, pixels: [1, 2, 3, 0] }));
    const found: string[] = [];
    for await (const each of readPictures(await listPictures(folder)))
      found.push('reason' in each ? relative(folder, each.reason) : `read: ${relative(folder, each.path)}`);
    expect(found).toEqual([
      'a.NEF: is a camera raw file, which cannot be read; convert it to JPEG or PNG',
      'b.heic: is a HEIC picture, which cannot be read; convert it to JPEG or PNG',
      'c.psd: is a Photoshop file, which cannot be read; convert it to JPEG or PNG',
      'read: d.bmp',
    ]);
  });

  it('names broken links, also when there is nothing else', async () => {
    const folder = await folderWith('a.jpg');
    await symlink('/nowhere/b.jpg', join(folder, 'b.jpg'));
    const leftOut: string[] = [];
    await listPictures(folder, { leftOut: (_, reason) => leftOut.push(reason) });
    const reason = `${join(folder, 'b.jpg')}: is a link to /nowhere/b.jpg, which does not exist; fix or remove it`;
    expect(leftOut).toEqual([reason]);
    await rm(join(folder, 'a.jpg'));
    await expect(listPictures(folder)).rejects.toThrow(reason);
  });

  it('leaves out hidden files and folders, but works inside a hidden folder', async () => {
    const folder = await folderWith('.art/a.png', '.art/.b.png', '.art/.trash/c.png');
    expect(await listPictures(join(folder, '.art'))).toEqual([join(folder, '.art', 'a.png')]);
  });

  it.each(['pictures', './pictures', 'pictures/', './pictures/../pictures'])(
    'finds the same pictures by the path %s',
    async (path) => {
      const folder = await folderWith('pictures/a.jpg', 'pictures/sub/b.jpg');
      const before = process.cwd();
      process.chdir(folder);
      try {
        expect(await listPictures(path)).toEqual([
          join('pictures', 'a.jpg'),
          join('pictures', 'sub', 'b.jpg'),
        ]);
      } finally {
        process.chdir(before);
      }
    },
  );

  it('refuses a file, and a path below a file', async () => {
    const folder = await folderWith('a.jpg');
    await expect(listPictures(join(folder, 'a.jpg'))).rejects.toThrow(
      `${join(folder, 'a.jpg')}: is a file; a folder of pictures is needed here`,
    );
    await expect(listPictures(join(folder, 'a.jpg', 'b'))).rejects.toThrow(/a part of this path is a file/);
  });

  it('refuses a folder without pictures', async () => {
    await expect(listPictures(await folderWith('notes.txt'))).rejects.toThrow(
      /it contains no pictures \(\.jpg,/,
    );
  });
});

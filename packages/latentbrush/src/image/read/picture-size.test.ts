import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { badPictureFiles, badPictures } from '../../cli/testing/bad-pictures.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { readPicture } from './decode.ts';
import { picture } from '../picture.ts';
import { readPictureSize } from './picture-size.ts';
import { raw, sampleFiles } from '../testing/sample-files.ts';

const files = await sampleFiles(picture(3, 20, 30));

/** A file with these bytes. */
async function fileOf(bytes: Uint8Array, name: string): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, bytes);
  return path;
}

describe('the size in the header of a picture file', () => {
  it.each(Object.keys(files))('is the size of the picture: %s', async (kind) => {
    const path = await fileOf(files[kind]!, 'file');
    const { height, width } = await readPicture(path);
    expect(await readPictureSize(path)).toEqual({ height, width });
  });

  it('follows the EXIF orientation', async () => {
    const path = await fileOf(await raw(picture(3, 20, 30)).withMetadata({ orientation: 6 }).png().toBuffer(), 'turned.png'); // prettier-ignore
    expect(await readPictureSize(path)).toEqual({ height: 30, width: 20 });
  });

  it.each(['notes.png', 'empty.png', 'bomb.png'] as const)('refuses %s like reading', async (name) => {
    const path = await fileOf((await badPictureFiles())[name], name);
    await expect(readPictureSize(path)).rejects.toThrow(badPictures[name]);
  });
});

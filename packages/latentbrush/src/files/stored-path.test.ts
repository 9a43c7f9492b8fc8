import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { storedPath } from './stored-path.ts';

const [NFC, NFD] = ['\u00e9t\u00e9', 'e\u0301te\u0301'];
/** The same letters in a third form: the first as NFC, the second as NFD. */
const MIXED = '\u00e9te\u0301';

async function folderWith(...files: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const file of files) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, file), '');
  }
  return folder;
}

describe('storedPath', () => {
  it.each([
    ['NFC', NFC, NFD],
    ['NFD', NFD, NFC],
    ['mixed', MIXED, NFC],
  ])('finds names stored in %s', async (_, stored, typed) => {
    const folder = await folderWith(join(stored, 'a', `${stored}.png`));
    expect(await storedPath(join(folder, typed))).toBe(join(folder, stored));
    const file = join(folder, stored, 'a', `${stored}.png`);
    expect(await storedPath(join(folder, typed, 'a', `${typed}.png`))).toBe(file);
    expect(await storedPath(file)).toBe(file);
    // A new file goes into the existing folder.
    expect(await storedPath(join(folder, typed, 'new.png'))).toBe(join(folder, stored, 'new.png'));
  });

  it('keeps an exact name, and a name that matches two others', async () => {
    const folder = await folderWith(`${NFC}.png`, `${NFD}.png`);
    if ((await readdir(folder)).length < 2) return; // a disk that treats them as one name
    for (const form of [NFC, NFD])
      expect(await storedPath(join(folder, `${form}.png`))).toBe(join(folder, `${form}.png`));
    expect(await storedPath(join(folder, `${MIXED}.png`))).toBe(join(folder, `${MIXED}.png`));
  });

  it.each(['plain.png', `${NFC}.png`, `./${NFC}/../x`, `/none/${NFC}`, '', '/', NFC, `#${NFC}`, '..'])(
    'returns unchanged what does not exist: "%s"',
    async (path) => expect(await storedPath(path)).toBe(path),
  );
});

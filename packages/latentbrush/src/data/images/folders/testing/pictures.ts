import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { temporaryFolder } from '../../../../testing/temporary-folder.ts';

/** A picture of one colour, as sharp's input. */
export function plain(red: number, green: number, blue: number, width = 20, height = 20): Sharp {
  return sharp({ create: { width, height, channels: 3, background: { r: red, g: green, b: blue } } });
}

/** A folder with these files, in sub-folders by their paths; it is removed after the test. */
export async function folderOf(files: Readonly<Record<string, Uint8Array | Sharp>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    const bytes = contents instanceof Uint8Array ? contents : await contents.png().toBuffer();
    await writeFile(join(folder, path), bytes);
  }
  return folder;
}

import { writePicture, type Picture, type Recipe } from '../image/index.ts';
import type { Output } from './output.ts';
import { checkTarget } from './target-file.ts';

/**
 * Checks where a picture will go, makes it, writes it and says so.
 * @param make the picture, and what else there is to tell of it with `--json`
 */
export async function writeMade(
  path: string,
  output: Output,
  make: () => Promise<{ readonly picture: Picture; readonly told?: object; readonly recipe?: Recipe }>,
): Promise<void> {
  await checkTarget(path);
  const { picture, told, recipe } = await make();
  await writePicture(path, picture, recipe === undefined ? {} : { recipe });
  output.event({ type: 'done', path, ...told });
  output.text(`${path}\n`);
}

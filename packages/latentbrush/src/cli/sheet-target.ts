import { writePicture, type Picture, type Recipe } from '../image/index.ts';
import type { Output } from './output.ts';
import { checkTarget } from '../jobs/target-file.ts';

/** How a command speaks, and what asks it to stop. */
export interface SheetContext {
  readonly output: Output;
  readonly signal: AbortSignal;
}

/**
 * Checks where a picture will go, makes it, writes it and says so.
 * @param make the picture, and what else there is to tell of it with `--json`
 * @throws the signal's reason when it aborts before the picture is made
 */
export async function writeMade(
  path: string,
  { output, signal }: SheetContext,
  make: () => Promise<{ readonly picture: Picture; readonly told?: object; readonly recipe?: Recipe }>,
): Promise<void> {
  await checkTarget(path);
  const { picture, told, recipe } = await make();
  signal.throwIfAborted();
  await writePicture(path, picture, recipe === undefined ? {} : { recipe });
  output.event({ type: 'done', path, ...told });
  output.text(`${path}\n`);
}

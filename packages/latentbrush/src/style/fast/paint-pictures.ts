import { InputError } from '@latentbrush/engine';
import type { FolderPicture } from '../../data/index.ts';
import type { Picture } from '../../image/index.ts';

/** The interface of a painter: a `StylePainter`. */
export interface Painter {
  /**
   * @param name name of the picture in messages
   * @throws InputError when it cannot be painted
   */
  paint(picture: Picture, name: string): Promise<Picture>;
}

/** A painted picture of a folder, or the reason why it was left out, which begins with its path. */
export type PaintedPicture =
  | { readonly type: 'painted'; readonly path: string; readonly picture: Picture }
  | { readonly type: 'skipped'; readonly path: string; readonly reason: string };

/**
 * Paints pictures one after the other. A picture that cannot be read, or is too small or too large, gives a reason in place of a picture.
 * @example
 * const painter = await style.load('runs/wave');
 * const photographs = data.readPictures(await data.listPictures('holidays'));
 * for await (const event of style.paintPictures(painter, photographs)) {
 *   if (event.type === 'skipped') console.log(event.reason);
 *   else await image.writePicture(`${event.path}-painted.png`, event.picture);
 * }
 * await painter.release();
 */
export async function* paintPictures(
  painter: Painter,
  pictures: AsyncIterable<FolderPicture>,
): AsyncGenerator<PaintedPicture, void, undefined> {
  for await (const found of pictures) {
    const { path } = found;
    if ('reason' in found) yield { type: 'skipped', path, reason: found.reason };
    else yield await painted(painter, found.picture, path);
  }
}

async function painted(painter: Painter, picture: Picture, path: string): Promise<PaintedPicture> {
  try {
    return { type: 'painted', path, picture: await painter.paint(picture, path) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { message } = error;
    return {
      type: 'skipped',
      path,
      reason: message.startsWith(`${path}: `) ? message : `${path}: ${message}`,
    };
  }
}

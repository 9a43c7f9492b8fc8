import { luminance } from '../edit/color.ts';
import { readPicture, type ReadOptions } from './decode.ts';
import { type Picture } from '../picture.ts';
import { resize } from '../edit/resize.ts';

/** How much each pixel takes part: one plane of float32, row after row, 0 (not at all) to 1 (fully). */
export interface Mask {
  readonly height: number;
  readonly width: number;
  /** `height * width` values. */
  readonly data: Float32Array;
}

/**
 * Reads a picture file that is meant as a mask, for {@link maskOf}. Where it is transparent it is black: a white shape drawn on
 * transparency covers that shape only. A mask without transparency is read as any other picture.
 * @param options as for `readPicture`; `background` is what shows through (default: black)
 * @throws InputError when the file is missing, may not be read, is a folder, too large or not a whole picture
 * @example
 * const network = await backbones.loadBackbone('embedded');
 * const [photo, mask] = [await image.readPicture('photo.jpg'), await image.readMask('sky.png')];
 * for await (const event of dream.dream(network, photo, { octaves: 1, iterations: 1 }, { mask }))
 *   if (event.type === 'done') await image.writePicture('sky-dream.png', event.picture);
 */
export function readMask(path: string, options: ReadOptions = {}): Promise<Picture> {
  return readPicture(path, { background: [0, 0, 0], ...options });
}

/**
 * The mask that a picture draws, white for 1 and black for 0: its luminance / 255, resized (stretched, Lanczos) to the
 * picture that it will cover and clipped to 0..1.
 * @param height of the mask; the default is the source's own
 * @param width of the mask; the default is the source's own
 * @throws InputError when the size is not at least one pixel
 * @example
 * const white = image.picture(1, 2, 2, Float32Array.of(255, 255, 255, 255));
 * console.log(image.maskOf(white, 1, 2).data); // Float32Array(2) [ 1, 1 ]
 */
export function maskOf(source: Picture, height = source.height, width = source.width): Mask {
  const plane = resize(luminance(source), { height, width });
  return { height, width, data: plane.data.map((value) => Math.min(1, Math.max(0, value / 255))) };
}

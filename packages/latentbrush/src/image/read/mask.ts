import { luminance } from '../edit/color.ts';
import { readPicture, type ReadOptions } from './decode.ts';
import { type Picture } from '../picture.ts';
import { resize } from '../edit/resize.ts';

/** Weight of each pixel: one plane of float32, row by row, 0 (not at all) to 1 (fully). */
export interface Mask {
  readonly height: number;
  readonly width: number;
  /** `height * width` values. */
  readonly data: Float32Array;
}

/**
 * Reads a picture file as a mask, for {@link maskOf}. Transparent pixels are black: a white shape on transparency covers only that shape. A
 * mask without transparency is read like any other picture.
 * @param options as for `readPicture`; `background` is black by default
 * @throws InputError when the file is missing, a folder, too large, truncated or no picture, or cannot be read
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
 * The mask of a picture, where white is 1 and black is 0: its luminance / 255, resized (stretched, Lanczos) to the picture that it will
 * cover and clipped to 0..1.
 * @param height of the mask; default: that of the source
 * @param width of the mask; default: that of the source
 * @throws InputError when the size is not at least one pixel
 * @example
 * const white = image.picture(1, 2, 2, Float32Array.of(255, 255, 255, 255));
 * console.log(image.maskOf(white, 1, 2).data); // Float32Array(2) [ 1, 1 ]
 */
export function maskOf(source: Picture, height = source.height, width = source.width): Mask {
  const plane = resize(luminance(source), { height, width });
  return { height, width, data: plane.data.map((value) => Math.min(1, Math.max(0, value / 255))) };
}

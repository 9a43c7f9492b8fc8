import { luminance } from './color.ts';
import { type Picture } from './picture.ts';
import { resize } from './resize.ts';

/** How much each pixel takes part: one plane of float32, row after row, 0 (not at all) to 1 (fully). */
export interface Mask {
  readonly height: number;
  readonly width: number;
  /** `height * width` values. */
  readonly data: Float32Array;
}

/**
 * The mask that a picture draws, white for 1 and black for 0: its luminance / 255, resized (stretched, Lanczos) to the
 * picture that it will cover and clipped to 0..1.
 * @param height of the mask; the default is the source's own
 * @param width of the mask; the default is the source's own
 * @throws InputError when the size is not at least one pixel
 */
export function maskOf(source: Picture, height = source.height, width = source.width): Mask {
  const plane = resize(luminance(source), { height, width });
  return { height, width, data: plane.data.map((value) => Math.min(1, Math.max(0, value / 255))) };
}

import { InputError } from '@latentbrush/engine';

/**
 * A picture in memory: planes of float32, row by row, shape `[channels, height, width]`, values 0 to 255 (neither rounded nor clipped
 * during computations). Three channels are red, green, blue (sRGB); one is grey.
 */
export interface Picture {
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  /** `channels * height * width` values. */
  readonly data: Float32Array;
}

/**
 * A picture of given data, or a black one.
 * @throws InputError when the size is not at least one pixel or the data has another length
 * @example
 * const grey = image.picture(1, 2, 3); // black
 * grey.data.fill(128);
 * console.log(grey.width, grey.height, grey.data.length); // 3 2 6
 */
export function picture(channels: 1 | 3, height: number, width: number, data?: Float32Array): Picture {
  if (!Number.isInteger(height) || !Number.isInteger(width) || height < 1 || width < 1) {
    throw new InputError(`picture: ${width}x${height} is not a size; width and height are at least 1 pixel`);
  }
  const size = channels * height * width;
  if (data !== undefined && data.length !== size) {
    throw new InputError(
      `picture: ${data.length} values were given; ${width}x${height} with ${channels} channels needs ${size}`,
    );
  }
  return { channels, height, width, data: data ?? new Float32Array(size) };
}

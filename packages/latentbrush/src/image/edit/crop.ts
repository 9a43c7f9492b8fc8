import { InputError } from '@latentbrush/engine';
import { picture, type Picture } from '../picture.ts';

/**
 * A rectangle of a picture, copied.
 * @param top the rectangle's first row, counted from 0
 * @param left its first column
 * @throws InputError when the rectangle is empty or reaches outside the picture
 * @example
 * const part = image.crop(await image.readPicture('cat.jpg'), 10, 20, 64, 48);
 * console.log(part.width, part.height); // 48 64
 */
export function crop(source: Picture, top: number, left: number, height: number, width: number): Picture {
  const inside =
    Number.isInteger(top) &&
    Number.isInteger(left) &&
    top >= 0 &&
    left >= 0 &&
    top + height <= source.height &&
    left + width <= source.width;
  if (!inside) {
    throw new InputError(
      `crop: ${width}x${height} pixels at row ${top}, column ${left} are not inside the picture of ${source.width}x${source.height}`,
    );
  }
  const result = picture(source.channels, height, width);
  for (let plane = 0; plane < source.channels; plane++) {
    for (let y = 0; y < height; y++) {
      const from = (plane * source.height + top + y) * source.width + left;
      result.data.set(source.data.subarray(from, from + width), (plane * height + y) * width);
    }
  }
  return result;
}

/**
 * The largest centred part of a picture that has the proportions `width / height` = `aspect`.
 * @throws InputError when the aspect is not above 0
 * @example
 * const square = image.cropToAspect(image.picture(3, 100, 300), 1);
 * console.log(square.width, square.height); // 100 100
 */
export function cropToAspect(source: Picture, aspect: number): Picture {
  if (!(aspect > 0) || !Number.isFinite(aspect)) {
    throw new InputError(`crop: the aspect ${aspect} is not a ratio of width to height; it must be above 0`);
  }
  const height = Math.min(source.height, Math.max(1, Math.round(source.width / aspect)));
  const width = Math.min(source.width, Math.max(1, Math.round(source.height * aspect)));
  return crop(
    source,
    Math.floor((source.height - height) / 2),
    Math.floor((source.width - width) / 2),
    height,
    width,
  );
}

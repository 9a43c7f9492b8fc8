import { InputError } from '@latentbrush/engine';
import { picture, type Picture } from '../picture.ts';

/** Shares of red, green and blue in the luminance: ITU-R BT.601, the Y of YIQ, YUV and YCbCr. */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114] as const;

/**
 * The luminance of every pixel, `Y = 0.299 R + 0.587 G + 0.114 B` (ITU-R BT.601, directly on the sRGB values). A grey picture is its own
 * luminance.
 * @returns `[1, height, width]`, in the range of the source
 * @example
 * console.log(image.luminance(image.picture(3, 2, 2)).channels); // 1
 */
export function luminance(source: Picture): Picture {
  if (source.channels === 1) return source;
  const result = picture(1, source.height, source.width);
  const size = result.data.length;
  for (let i = 0; i < size; i++) {
    result.data[i] =
      RED * source.data[i]! + GREEN * source.data[size + i]! + BLUE * source.data[2 * size + i]!;
  }
  return result;
}

/**
 * A picture of three channels: the plane of a grey one is repeated.
 * @example
 * console.log(image.inColor(image.picture(1, 2, 2)).channels); // 3
 */
export function inColor(source: Picture): Picture {
  if (source.channels === 3) return source;
  const { height, width, data } = source;
  const result = picture(3, height, width);
  for (let channel = 0; channel < 3; channel++) result.data.set(data, channel * data.length);
  return result;
}

/**
 * Paints the luminance of one picture in the colours of another: Y of `stylised`, I and Q of `content` ("luminance-only
 * transfer" of Gatys et al. 2016, Preserving Color in Neural Artistic Style Transfer, section 4).
 *
 * In YIQ, Y has the factor 1 in red, green and blue. So to exchange Y and keep I and Q, add `Y(stylised) - Y(content)` to all three
 * channels of the content. YUV and YCbCr give the same picture. Values can be outside 0..255; they are clipped when they become bytes.
 * @returns the size of both; the channels of `content`
 * @throws InputError when the two have different sizes
 * @example
 * const [painted, cat] = [await image.readPicture('cat.jpg'), await image.readPicture('cat.jpg')];
 * const inItsOwnColours = image.withColorsOf(painted, cat);
 */
export function withColorsOf(stylised: Picture, content: Picture): Picture {
  const { channels, height, width } = content;
  if (stylised.height !== height || stylised.width !== width) {
    throw new InputError(
      `colours: the picture is ${stylised.width}x${stylised.height} and the one that gives the colours ${width}x${height}; resize one to the other first`,
    );
  }
  const wanted = luminance(stylised).data;
  const own = luminance(content).data;
  const result = picture(channels, height, width);
  for (let i = 0; i < result.data.length; i++) {
    const pixel = i % own.length;
    result.data[i] = content.data[i]! + wanted[pixel]! - own[pixel]!;
  }
  return result;
}

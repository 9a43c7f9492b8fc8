import { picture, type Picture } from '../picture.ts';
import { matrixFunction, multiply, squareRoot, symmetricEigen, type Matrix3 } from './symmetric-eigen.ts';

/**
 * Lowest variance of a direction of the style's colours: a standard deviation of 0.8 of 255 levels. A grey picture has no variance of hue.
 * Without this floor the transfer would divide by it and turn rounding errors into bright colours. It is the 1e-5 (on colours 0 to 1) that
 * implementations of the paper add to the covariance.
 */
const LEAST_VARIANCE = 1e-5 * 255 * 255;

/**
 * Gives a style picture the colours of a content picture before the style is transferred. A linear map of its pixels gives them the mean
 * and the covariance of the content's pixels ("colour histogram matching" of Gatys et al. 2016, Preserving Color in Neural Artistic Style
 * Transfer, section 3, in the symmetric form of Hertzmann et al. 2001, Image Analogies):
 *
 *     x' = A (x - mean of the style) + mean of the content,   A = C^1/2 S^-1/2
 *
 * with C and S the 3x3 covariances of content and style. Where the style hardly varies (a grey picture has two such directions), the result
 * hardly varies either. Values may leave 0..255.
 * @returns three channels, the size of `style`
 * @example
 * const [painting, cat] = [await image.readPicture('wave.jpg'), await image.readPicture('cat.jpg')];
 * const inColoursOfTheCat = image.matchHistogram(painting, cat);
 */
export function matchHistogram(style: Picture, content: Picture): Picture {
  const from = colorStatistics(style);
  const to = colorStatistics(content);
  const whiten = matrixFunction(
    symmetricEigen(from.covariance),
    (value) => 1 / Math.sqrt(Math.max(value, LEAST_VARIANCE)),
  );
  const map = multiply(squareRoot(to.covariance), whiten);
  const result = picture(3, style.height, style.width);
  const size = style.height * style.width;
  const [red, green, blue] = planes(style);
  for (let i = 0; i < size; i++) {
    const r = red[i]! - from.mean[0];
    const g = green[i]! - from.mean[1];
    const b = blue[i]! - from.mean[2];
    for (let channel = 0; channel < 3; channel++) {
      const [mr, mg, mb] = map[channel]!;
      result.data[channel * size + i] = mr * r + mg * g + mb * b + to.mean[channel]!;
    }
  }
  return result;
}

/** Mean (red, green, blue) and 3x3 covariance (divided by the number of pixels) of a picture's colours. */
export interface ColorStatistics {
  readonly mean: readonly [number, number, number];
  readonly covariance: Matrix3;
}

/**
 * Mean and covariance of a picture's pixels; a grey picture counts as three equal channels.
 * @example
 * const { mean } = image.colorStatistics(await image.readPicture('cat.jpg'));
 * console.log(mean.map(Math.round));
 */
export function colorStatistics(source: Picture): ColorStatistics {
  const [red, green, blue] = planes(source);
  const mean = [average(red), average(green), average(blue)] as const;
  const rr = covariance(red, mean[0], red, mean[0]);
  const rg = covariance(red, mean[0], green, mean[1]);
  const rb = covariance(red, mean[0], blue, mean[2]);
  const gg = covariance(green, mean[1], green, mean[1]);
  const gb = covariance(green, mean[1], blue, mean[2]);
  const bb = covariance(blue, mean[2], blue, mean[2]);
  return {
    mean,
    covariance: [
      [rr, rg, rb],
      [rg, gg, gb],
      [rb, gb, bb],
    ],
  };
}

function planes({ channels, height, width, data }: Picture): [Float32Array, Float32Array, Float32Array] {
  const size = height * width;
  if (channels === 1) return [data, data, data];
  return [data.subarray(0, size), data.subarray(size, 2 * size), data.subarray(2 * size)];
}

function average(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

function covariance(x: Float32Array, meanX: number, y: Float32Array, meanY: number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! - meanX) * (y[i]! - meanY);
  return sum / x.length;
}

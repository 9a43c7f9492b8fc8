import { resize, zoom, type Picture } from '../image/index.ts';

/**
 * The picture convolved with a Gaussian of standard deviation sigma, rows then columns, borders repeated. The
 * window extends three deviations to each side.
 */
export function gaussianBlur(source: Picture, sigma: number): Picture {
  if (sigma === 0) return source;
  const reach = Math.max(1, Math.ceil(3 * sigma));
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const kernel = Float64Array.from(weights, (weight) => weight / total);
  const { channels, height, width, data } = source;
  const rows = new Float32Array(data.length);
  const padded = new Float32Array(width + 2 * reach);
  for (let line = 0; line < channels * height; line++) {
    const values = data.subarray(line * width, (line + 1) * width);
    padded.fill(values[0]!, 0, reach);
    padded.set(values, reach);
    padded.fill(values[width - 1]!, width + reach);
    weightedSum(rows, line * width, width, kernel, (tap) => [padded, tap]);
  }
  const blurred = new Float32Array(data.length);
  for (let line = 0; line < channels * height; line++) {
    const row = line % height;
    weightedSum(blurred, line * width, width, kernel, (tap) => {
      const from = Math.min(Math.max(row + tap - reach, 0), height - 1);
      return [rows, (line - row + from) * width];
    });
  }
  return { ...source, data: blurred };
}

// Filters one line, summed in float64; the values of tap t begin at its offset.
function weightedSum(
  target: Float32Array,
  start: number,
  length: number,
  kernel: Float64Array,
  lineOf: (tap: number) => readonly [Float32Array, number],
): void {
  const sums = new Float64Array(length);
  kernel.forEach((weight, tap) => {
    const [values, from] = lineOf(tap);
    for (let i = 0; i < length; i++) sums[i] = sums[i]! + weight * values[from + i]!;
  });
  target.set(sums, start);
}

/**
 * Root M of the correlation of the colours of ImageNet, pixel = M z, to be divided by the length of its
 * longest column: Lucid (`color_correlation_svd_sqrt`; Olah, Mordvintsev & Schubert, *Feature Visualization*,
 * Distill 2017).
 */
const COLOR_ROOT: readonly (readonly number[])[] = [
  [0.26, 0.09, 0.02],
  [0.27, 0, -0.05],
  [0.27, -0.09, 0.03],
];

/** The gradient for pixels of a step in decorrelated colours: M Mᵀ g. */
export function decorrelated(gradient: Picture): Picture {
  const length = Math.max(...[0, 1, 2].map((column) => Math.hypot(...COLOR_ROOT.map((row) => row[column]!))));
  const mixing = COLOR_ROOT.map((a) =>
    COLOR_ROOT.map((b) => a.reduce((sum, value, i) => sum + value * b[i]!, 0) / length ** 2),
  );
  const size = gradient.height * gradient.width;
  const { data } = gradient;
  const mixed = new Float32Array(data.length);
  mixing.forEach((row, channel) => {
    for (let i = 0; i < size; i++)
      mixed[channel * size + i] =
        row[0]! * data[i]! + row[1]! * data[size + i]! + row[2]! * data[2 * size + i]!;
  });
  return { ...gradient, data: mixed };
}

/**
 * Gives all scales of a gradient equal strength: it is split into a Laplacian pyramid (Burt & Adelson 1983),
 * each level is divided by its root mean square, and the pyramid is recombined. Large shapes, which are faint in a gradient, then grow as
 * fast as fine grain: `lap_normalize` of Mordvintsev's DeepDream notebook (TensorFlow 2015), here with a Lanczos filter for downscaling.
 * @param levels how often the gradient is halved; the notebook has 4
 */
export function laplacianNormalized(gradient: Picture, levels: number): Picture {
  const { height, width } = gradient;
  if (levels === 0 || Math.min(height, width) < 2) return unitRms(gradient);
  const coarse = resize(gradient, { height: Math.ceil(height / 2), width: Math.ceil(width / 2) });
  const fine = sum(gradient, zoom(coarse, height, width), -1);
  return sum(zoom(laplacianNormalized(coarse, levels - 1), height, width), unitRms(fine), 1);
}

function unitRms(source: Picture): Picture {
  let squares = 0;
  for (const value of source.data) squares += value * value;
  const scale = 1 / Math.max(Math.sqrt(squares / source.data.length), 1e-10);
  return { ...source, data: source.data.map((value) => value * scale) };
}

function sum(a: Picture, b: Picture, factor: number): Picture {
  return { ...a, data: a.data.map((value, i) => value + factor * b.data[i]!) };
}

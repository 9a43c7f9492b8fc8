import { sizeOf, type Shape } from '../graph/dtype.ts';
import type { Random } from '../random.ts';
import { orthonormalRows } from './orthonormal-rows.ts';

/** Draws the initial values of a weight of the given shape. */
export type Initializer = (shape: Shape, random: Random) => Float32Array;

/** All elements 0. */
export const zerosInitializer: Initializer = (shape) => new Float32Array(sizeOf(shape));

/** All elements 1. */
export const onesInitializer: Initializer = (shape) => new Float32Array(sizeOf(shape)).fill(1);

/** Uniform in [low, high) (Keras' RandomUniform, defaults -0.05 and 0.05, used for embeddings). */
export function randomUniform(low = -0.05, high = 0.05): Initializer {
  return (shape, random) => {
    const values = new Float32Array(sizeOf(shape));
    random.fillUniform(values, low, high);
    return values;
  };
}

/** Normal (Keras' RandomNormal, default deviation 0.05). */
export function randomNormal(mean = 0, deviation = 0.05): Initializer {
  return (shape, random) => {
    const values = new Float32Array(sizeOf(shape));
    random.fillNormal(values, mean, deviation);
    return values;
  };
}

// A dense kernel is [in, out], a convolution kernel [out, in, ...window]; every tap of the window counts.
function fans(shape: Shape): { fanIn: number; fanOut: number } {
  const [first = 1, second = first] = shape;
  if (shape.length <= 2) return { fanIn: first, fanOut: second };
  const window = sizeOf(shape.slice(2));
  return { fanIn: second * window, fanOut: first * window };
}

/** Uniform in ±√(6 / (fan in + fan out)) (Glorot & Bengio 2010): Keras' default for kernels. */
export const glorotUniform: Initializer = (shape, random) => {
  const { fanIn, fanOut } = fans(shape);
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  return randomUniform(-limit, limit)(shape, random);
};

// Standard deviation of a standard normal that is cut at ±2 (scipy.stats.truncnorm.std), which Keras uses as a correction.
const TRUNCATED_DEVIATION = 0.87962566103423978;

/** Normal with variance 2 / fan in, cut at two deviations (He et al. 2015): Keras' HeNormal, for relu layers. */
export const heNormal: Initializer = (shape, random) => {
  const deviation = Math.sqrt(2 / fans(shape).fanIn) / TRUNCATED_DEVIATION;
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) {
    let value = random.normal();
    while (Math.abs(value) > 2) value = random.normal();
    values[i] = value * deviation;
  }
  return values;
};

/**
 * A matrix with orthonormal rows (or columns, whichever are fewer), by {@link orthonormalRows} of a normal matrix (Saxe et al. 2013): Keras'
 * default for recurrent kernels. The same seed gives the same bytes on every machine.
 * @param shape `[rows, columns]`
 */
export const orthogonal: Initializer = (shape, random) => {
  const [rows = 1, columns = 1] = shape;
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
  const vectors = orthonormalRows(count, length, () => random.normal());
  if (rows <= columns) return vectors;
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      values[row * columns + column] = vectors[column * rows + row]!;
  return values;
};

/** LSTM bias with 1 at the forget gates and 0 elsewhere (Jozefowicz et al. 2015): Keras' unit_forget_bias. */
export const forgetGateBias: Initializer = ([size = 0]) => {
  const units = size / 4;
  return new Float32Array(size).fill(1, units, 2 * units);
};

import { sizeOf, type Shape } from '../graph/dtype.ts';
import type { Random } from '../random.ts';

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
 * A matrix with orthonormal rows (or columns, whichever are fewer), by Gram-Schmidt on a normal matrix
 * (Saxe et al. 2013): Keras' default for recurrent kernels.
 * @param shape `[rows, columns]`
 */
export const orthogonal: Initializer = (shape, random) => {
  const [rows = 1, columns = 1] = shape;
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal());
    // twice: the second pass removes the rounding errors of the first
    for (let pass = 0; pass < 2; pass++) for (const other of vectors) subtractProjection(vector, other);
    const norm = Math.hypot(...vector);
    if (norm > 1e-6) vectors.push(vector.map((value) => value / norm));
  }
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return (rows <= columns ? vectors[row]?.[column] : vectors[column]?.[row]) ?? 0;
  });
};

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  const along = vector.reduce((sum, value, i) => sum + value * (unit[i] ?? 0), 0);
  vector.forEach((value, i) => {
    vector[i] = value - along * (unit[i] ?? 0);
  });
}

/** LSTM bias with 1 at the forget gates and 0 elsewhere (Jozefowicz et al. 2015): Keras' unit_forget_bias. */
export const forgetGateBias: Initializer = ([size = 0]) => {
  const units = size / 4;
  return new Float32Array(size).fill(1, units, 2 * units);
};

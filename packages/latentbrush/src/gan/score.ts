import {
  add,
  compile,
  div,
  float32,
  input,
  InputError,
  matmul,
  mul,
  reduceSum,
  sqrt,
  square,
  sub,
  relu,
  transpose,
  type NDArray,
  type Tensor,
} from '@latentbrush/engine';
import { counted } from '../counted.ts';

/** Quality of generated pictures, compared with real ones. */
export interface GanScore {
  /** Kernel Inception distance: 0 when both are alike; smaller is better. */
  readonly kid: number;
  /** The same between two halves of the real pictures: the value by chance. */
  readonly kidOfReal: number;
  /** Mean distance between two generated pictures over that between two real ones: 1 when they vary as much. */
  readonly diversity: number;
  /** Number of pictures of each kind. */
  readonly count: number;
}

/** Fewer pictures give no useful score. */
const FEWEST = 50;

/**
 * Compares generated with real pictures by features of a network.
 * @param generated features of each picture
 * @param real features of the same number of real pictures
 * @throws InputError with fewer than 50 of each
 * @example
 * // Features as `FeatureExtractor` gives them; here, random numbers.
 * const random = new Random(1);
 * const features = () => Float32Array.from({ length: 32 }, () => random.normal());
 * const [generated, real] = [Array.from({ length: 60 }, features), Array.from({ length: 60 }, features)];
 * const { kid, diversity } = await gan.scoreOf(generated, real); // near 0 and near 1 when both are alike
 */
export async function scoreOf(
  generated: readonly Float32Array[],
  real: readonly Float32Array[],
): Promise<GanScore> {
  const count = Math.min(generated.length, real.length);
  checkScored(count);
  const half = Math.floor(count / 2);
  return {
    kid: await kernelDistance(generated.slice(0, count), real.slice(0, count)),
    kidOfReal: await kernelDistance(real.slice(0, half), real.slice(half, 2 * half)),
    diversity: (await meanDistance(generated)) / (await meanDistance(real)),
    count,
  };
}

/**
 * Refuses to compare too few pictures, before any is processed.
 * @throws InputError with fewer than 50 of each kind
 */
export function checkScored(count: number): void {
  if (count < FEWEST)
    throw new InputError(
      `gan score: ${counted(count, 'picture of each kind was', 'pictures of each kind were')} given; at least ${FEWEST} are needed`,
    );
}

/**
 * Kernel Inception distance: the unbiased estimate of the squared maximum mean discrepancy with the kernel (x · y / d + 1)³ of features
 * of dimension d (Bińkowski et al. 2018, *Demystifying MMD GANs*, arXiv:1801.01401). It can be slightly below 0.
 * @param a two or more
 * @param b two or more
 * @example
 * const [a, b] = [[Float32Array.of(1, 0), Float32Array.of(0, 1)], [Float32Array.of(5, 5), Float32Array.of(6, 6)]];
 * console.log((await gan.kernelDistance(a, b)) > 0); // true
 */
export async function kernelDistance(
  a: readonly Float32Array[],
  b: readonly Float32Array[],
): Promise<number> {
  const dimension = a[0]!.length;
  const [x, y] = [input('a', [a.length, dimension]), input('b', [b.length, dimension])];
  const kernel = (u: Tensor, v: Tensor): Tensor => {
    const product = add(div(matmul(u, transpose(v, [1, 0])), dimension), 1);
    return mul(product, square(product));
  };
  // Means without each picture's similarity to itself.
  const within = (u: Tensor, n: number): Tensor => {
    const self = add(div(reduceSum(square(u), [1]), dimension), 1);
    return div(sub(reduceSum(kernel(u, u)), reduceSum(mul(self, square(self)))), n * (n - 1));
  };
  const across = div(reduceSum(kernel(x, y)), a.length * b.length);
  const distance = sub(add(within(x, a.length), within(y, b.length)), mul(across, 2));
  return run(distance, { a: stacked(a), b: stacked(b) });
}

/**
 * Mean Euclidean distance of all pairs.
 * @example
 * console.log(await gan.meanDistance([Float32Array.of(0, 0), Float32Array.of(3, 4)])); // 5
 */
export async function meanDistance(features: readonly Float32Array[]): Promise<number> {
  const [count, dimension] = [features.length, features[0]!.length];
  const x = input('x', [count, dimension]);
  const squares = reduceSum(square(x), [1], { keepDims: true }); // [n, 1]
  const products = matmul(x, transpose(x, [1, 0]));
  const between = sub(add(squares, transpose(squares, [1, 0])), mul(products, 2));
  const sum = reduceSum(sqrt(relu(between)));
  return run(div(sum, count * (count - 1)), { x: stacked(features) });
}

function stacked(rows: readonly Float32Array[]): NDArray {
  const length = rows[0]!.length;
  const data = new Float32Array(rows.length * length);
  rows.forEach((row, index) => data.set(row, index * length));
  return float32(data, [rows.length, length]);
}

async function run(value: Tensor, feeds: Readonly<Record<string, NDArray>>): Promise<number> {
  const session = await compile({ value });
  try {
    return Number((await session.run(feeds)).value.data[0]);
  } finally {
    await session.release();
  }
}

/*
 * Differentiable augmentation (Zhao et al. 2020, *Differentiable Augmentation for Data-Efficient GAN Training*, arXiv:2006.10738): the
 * discriminator sees real and generated pictures only after random changes, and the generator learns through them. Policy: colour
 * (brightness, saturation, contrast), translation, cutout, as in the authors' code.
 */
import {
  add,
  float32,
  input,
  matmul,
  mul,
  reduceMean,
  sub,
  transpose,
  type NDArray,
  type Random,
  type Tensor,
} from '@latentbrush/engine';

/** Longest translation and side of the cut-out square, as shares of the picture's side. */
const TRANSLATION = 1 / 8;
const CUTOUT = 1 / 2;

/** The random changes of one batch of pictures, as inputs of a graph. */
export class DifferentiableAugmentation {
  readonly #prefix: string;
  readonly #batch: number;
  readonly #size: number;

  /**
   * @param name of its inputs in the graph
   * @param size side of the pictures in pixels
   */
  constructor(name: string, batch: number, size: number) {
    this.#prefix = name;
    this.#batch = batch;
    this.#size = size;
  }

  /**
   * Changes each picture in its own random way.
   * @param x `[batch, channels, size, size]`, -1 to 1
   */
  apply(x: Tensor): Tensor {
    const [batch, size] = [this.#batch, this.#size];
    const named = (name: string, shape: readonly number[]): Tensor => input(`${this.#prefix}/${name}`, shape);
    const each = (name: string): Tensor => named(name, [batch, 1, 1, 1]);
    let y = add(x, each('brightness'));
    y = stretched(y, reduceMean(y, [1], { keepDims: true }), each('saturation'));
    y = stretched(y, reduceMean(y, [1, 2, 3], { keepDims: true }), each('contrast'));
    // Products with shifted identity matrices move rows and columns; values from outside are 0.
    const moved = matmul(named('rows', [batch, 1, size, size]), y);
    y = matmul(moved, transpose(named('columns', [batch, 1, size, size]), [0, 1, 3, 2]));
    return mul(y, named('kept', [batch, 1, size, size]));
  }

  /** Draws the changes of one step, to be fed. */
  draw(random: Random): Record<string, NDArray> {
    const [batch, size] = [this.#batch, this.#size];
    const each = (low: number, high: number): NDArray =>
      float32(
        Float32Array.from({ length: batch }, () => random.uniform(low, high)),
        [batch, 1, 1, 1],
      );
    const drawn = {
      brightness: each(-0.5, 0.5),
      saturation: each(0, 2),
      contrast: each(0.5, 1.5),
      rows: shifts(random, batch, size),
      columns: shifts(random, batch, size),
      kept: cutouts(random, batch, size),
    };
    return Object.fromEntries(
      Object.entries(drawn).map(([name, values]) => [`${this.#prefix}/${name}`, values]),
    );
  }
}

function stretched(x: Tensor, middle: Tensor, factor: Tensor): Tensor {
  return add(mul(sub(x, middle), factor), middle);
}

// For each picture a matrix S with S[i, j] = 1 where j = i + shift: `[batch, 1, size, size]`.
function shifts(random: Random, batch: number, size: number): NDArray {
  const reach = Math.round(size * TRANSLATION);
  const matrices = new Float32Array(batch * size * size);
  for (let picture = 0; picture < batch; picture++) {
    const shift = random.integer(-reach, reach + 1);
    for (let i = 0; i < size; i++) {
      const j = i + shift;
      if (j >= 0 && j < size) matrices[(picture * size + i) * size + j] = 1;
    }
  }
  return float32(matrices, [batch, 1, size, size]);
}

// 0 in a square with any centre, 1 elsewhere: `[batch, 1, size, size]`.
function cutouts(random: Random, batch: number, size: number): NDArray {
  const side = Math.round(size * CUTOUT);
  const kept = new Float32Array(batch * size * size).fill(1);
  for (let picture = 0; picture < batch; picture++) {
    const top = random.integer(0, size + 1) - (side >> 1);
    const left = random.integer(0, size + 1) - (side >> 1);
    for (let row = Math.max(0, top); row < Math.min(size, top + side); row++) {
      const start = (picture * size + row) * size;
      kept.fill(0, start + Math.max(0, left), start + Math.max(0, Math.min(size, left + side)));
    }
  }
  return float32(kept, [batch, 1, size, size]);
}

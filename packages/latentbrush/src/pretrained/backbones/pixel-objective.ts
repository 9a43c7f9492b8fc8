import {
  add,
  compile,
  float32,
  input,
  InputError,
  grad,
  GradientError,
  type Session,
  type SessionOptions,
  type Tensor,
} from '@latentbrush/engine';
import { setImmediate } from 'node:timers/promises';

/** The loss, its terms and the gradient to the pixels at one picture. */
export interface PixelEvaluation {
  readonly loss: number;
  /** The terms of the sum, by name. */
  readonly terms: Readonly<Record<string, number>>;
  /** `[channels, height, width]`, like the picture; a new buffer */
  readonly gradient: Float32Array;
}

/** A loss as a graph: the terms of a sum. */
export type Terms = Readonly<Record<string, Tensor>>;

/**
 * A loss of a picture that can be evaluated with its gradient. Dream and style use it.
 * @example
 * import { reduceMean, square } from '@latentbrush/engine';
 * const objective = await backbones.PixelObjective.compile([1, 3, 8, 8], (pixels) => ({
 *   brightness: reduceMean(square(pixels)),
 * }));
 * const { loss, gradient } = await objective.evaluate(new Float32Array(3 * 8 * 8).fill(2));
 * console.log(loss, gradient.length); // 4 192
 * await objective.release();
 */
export class PixelObjective {
  readonly #session: Session<string>;
  readonly #shape: readonly number[];
  readonly #names: readonly string[];

  private constructor(session: Session<string>, shape: readonly number[], names: readonly string[]) {
    this.#session = session;
    this.#shape = shape;
    this.#names = names;
  }

  /**
   * @param shape of the pixels, `[1, 3, height, width]` @param build builds the loss of the pixels, as terms of a sum
   */
  static async compile(
    shape: readonly number[],
    build: (pixels: Tensor) => Terms,
    options: SessionOptions = {},
  ): Promise<PixelObjective> {
    const pixels = input('pixels', shape);
    const terms = build(pixels);
    const names = Object.keys(terms);
    const outputs: Record<string, Tensor> = {};
    names.forEach((name, index) => (outputs[`term_${index}`] = terms[name]!));
    const loss = Object.values(terms).reduce((sum, term) => add(sum, term));
    outputs.gradient = gradientOf(loss, pixels);
    // Values are few and large: a memory pattern would save no time, and double the memory.
    const session = await compile(outputs, { memoryPattern: false, ...options });
    return new PixelObjective(session, shape, names);
  }

  /** @param pixels in the order of the shape; they are not changed */
  async evaluate(pixels: Float32Array): Promise<PixelEvaluation> {
    const results = await this.#session.run({ pixels: float32(pixels, this.#shape) });
    await setImmediate(); // the evaluation blocks events: handle a Ctrl-C before the next one begins
    const terms: Record<string, number> = {};
    this.#names.forEach((name, index) => (terms[name] = Number(results[`term_${index}`]!.data[0])));
    const loss = Object.values(terms).reduce((sum, value) => sum + value, 0);
    return { loss, terms, gradient: results.gradient!.data as Float32Array };
  }

  /** Frees the native memory. */
  release(): Promise<void> {
    return this.#session.release();
  }
}

// A network of the user can contain operators without a gradient: that is bad input, not a bug.
function gradientOf(loss: Tensor, pixels: Tensor): Tensor {
  try {
    return grad(loss, [pixels])[0]!;
  } catch (error) {
    if (error instanceof GradientError) throw new InputError(`network: ${error.message}`, { cause: error });
    throw error;
  }
}

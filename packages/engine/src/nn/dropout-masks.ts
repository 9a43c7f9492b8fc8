import { float32, type NDArray } from '../graph/ndarray.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { sizeOf, type Shape } from '../graph/dtype.ts';
import { dropout } from '../ops/dropout.ts';
import type { Random } from '../random.ts';

/**
 * The masks of all dropout layers of a network in training. Each layer reads its mask from an input of the graph, and {@link draw} draws
 * all masks for one step on the host.
 * @example
 * const masks = new nn.DropoutMasks();
 * const dropped = masks.apply('dense', x, 0.5);
 * // at each step
 * await session.run({ ...feeds, ...masks.draw(random) });
 */
export class DropoutMasks {
  readonly #masks = new Map<string, { shape: Shape; rate: number }>();

  /**
   * Drops a fraction `rate` of the elements of x and scales the rest by 1 / (1 - rate): Keras' Dropout.
   * @param name of the layer; its mask is the input `<name>/mask`
   */
  apply(name: string, x: Tensor, rate: number): Tensor {
    if (rate === 0) return x;
    const mask = `${name}/mask`;
    this.#masks.set(mask, { shape: x.shape, rate });
    return dropout(x, input(mask, x.shape), rate);
  }

  /** Masks to feed in one step: 1 with probability 1 - rate, else 0. */
  draw(random: Random): Record<string, NDArray> {
    return Object.fromEntries(
      [...this.#masks].map(([name, { shape, rate }]) => {
        const kept = new Float32Array(sizeOf(shape));
        for (let i = 0; i < kept.length; i++) kept[i] = random.uniform() < rate ? 0 : 1;
        return [name, float32(kept, shape)];
      }),
    );
  }
}

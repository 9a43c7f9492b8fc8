import type { Tensor } from '../graph/tensor.ts';
import { mul } from './arithmetic.ts';

/**
 * Inverted dropout (Srivastava et al. 2014): x · mask / (1 - rate). All randomness is drawn on the host, so the mask is
 * an input of the graph.
 * @param mask 1 where an element is kept and 0 where it is dropped, float32; broadcasts against x
 * @param rate share of elements dropped, in [0, 1)
 */
export function dropout(x: Tensor, mask: Tensor, rate: number): Tensor {
  return mul(x, mul(mask, 1 / (1 - rate)));
}

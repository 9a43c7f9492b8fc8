import { defineOperator } from '../graph/operator.ts';
import { customGradient, type Tensor } from '../graph/tensor.ts';

export const Identity = defineOperator({
  type: 'Identity',
  attributes: {},
  infer: ([x]: readonly [Tensor]) => [{ dtype: x.dtype, shape: x.shape }],
  gradient: ([dy]) => [dy],
});

/** The value of x, as a new tensor. */
export function identity(x: Tensor): Tensor {
  return Identity.apply([x], {});
}

/** The value of x, through which no gradient flows. */
export function stopGradient(x: Tensor): Tensor {
  const [stopped] = customGradient('stopGradient', [x], [x], () => [undefined]);
  return stopped ?? x;
}

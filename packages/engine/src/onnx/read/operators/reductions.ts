import type { Tensor } from '../../../graph/tensor.ts';
import {
  abs,
  cumulativeSum,
  log,
  logSumExp,
  neg,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProduct,
  reduceSum,
  sqrt,
  square,
  type ReduceOptions,
} from '../../../ops/index.ts';
import { ArgMax } from '../../../ops/reduction.ts';
import { axesOf } from '../normalize/opset-forms.ts';
import type { Translator, Translators } from '../node/translator.ts';

type Reduce = (x: Tensor, axes: readonly number[], options: ReduceOptions) => Tensor;

/** Sums, means and extremes along axes. */
export const reductions: Translators = {
  ReduceSum: reduction(reduceSum),
  ReduceMean: reduction(reduceMean),
  ReduceMax: reduction(reduceMax),
  ReduceMin: reduction(reduceMin),
  ReduceL1: reduction((x, axes, options) => reduceSum(abs(x), axes, options)),
  ReduceL2: reduction((x, axes, options) => sqrt(reduceSum(square(x), axes, options))),
  ReduceSumSquare: reduction((x, axes, options) => reduceSum(square(x), axes, options)),
  ReduceLogSum: reduction((x, axes, options) => log(reduceSum(x, axes, options))),
  ReduceLogSumExp: reduction(logSumExp),
  ReduceProd: reduction(reduceProduct),
  ArgMin: (node) => ArgMax.apply([neg(node.input(0))], node.attributesFor(ArgMax.attributes) as never),
  CumSum: (node) => {
    const axis = node.number(1, 'the axis') ?? node.fail('lacks the axis');
    const [exclusive, reverse] = [node.int('exclusive', 0) === 1, node.int('reverse', 0) === 1];
    return cumulativeSum(node.input(0), axis, { exclusive, reverse });
  },
};

// The axes moved from an attribute to an input in opset 13 (ReduceSum) and 18 (the others). None given: all of them.
function reduction(reduce: Reduce): Translator {
  return (node) => {
    const x = node.input(0);
    const axes = axesOf(node) ?? [];
    const leavesAll = node.int('noop_with_empty_axes', 0) === 1;
    const all = axes.length === 0 && !leavesAll;
    const reduced = all ? x.shape.map((_, axis) => axis) : axes;
    return reduce(x, reduced, { keepDims: node.int('keepdims', 1) === 1 });
  };
}

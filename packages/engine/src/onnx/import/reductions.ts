import type { Tensor } from '../../graph/tensor.ts';
import {
  abs,
  argMax,
  log,
  logSumExp,
  neg,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
  sqrt,
  square,
  type ReduceOptions,
} from '../../ops/index.ts';
import { axesOf } from './shapes.ts';
import type { Translator, Translators } from './translator.ts';

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
  ArgMin: (node) => {
    node.requireInt('select_last_index', 0, 'the first of equal elements');
    return argMax(neg(node.input(0)), node.int('axis', 0), { keepDims: node.int('keepdims', 1) === 1 });
  },
};

// The axes moved from an attribute to an input in opset 13 (ReduceSum) and 18 (the others). None given: all of them.
function reduction(reduce: Reduce): Translator {
  return (node) => {
    const x = node.input(0);
    const axes = axesOf(node) ?? [];
    const all = axes.length === 0 && node.int('noop_with_empty_axes', 0) === 0;
    const reduced = all ? x.shape.map((_, axis) => axis) : axes;
    return reduce(x, reduced, { keepDims: node.int('keepdims', 1) === 1 });
  };
}

import type { DType } from '../../../graph/dtype.ts';
import { normalizeAxes } from '../../../graph/shapes.ts';
import { positionOf, stridesOf, type HostArray } from '../node/host-array.ts';
import type { HostOperator } from './host-operators.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import { axesOf } from '../normalize/opset-forms.ts';

/** Reductions of known numbers: the number of elements of a shape is the product of its sizes. */
export const hostReductions: Readonly<Record<string, HostOperator>> = {
  ReduceProd: reduction((a, b) => a * b, 1),
  ReduceSum: reduction((a, b) => a + b, 0),
  ReduceMax: reduction(Math.max, -Infinity),
  ReduceMin: reduction(Math.min, Infinity),
};

function reduction(combine: (a: number, b: number) => number, start: number): HostOperator {
  return ([x], node) => x && reduced(x, node, combine, start);
}

function reduced(
  x: HostArray,
  node: ImportedNode,
  combine: (a: number, b: number) => number,
  start: number,
): HostArray | undefined {
  const given = axesOf(node) ?? [];
  if (given.length === 0 && node.int('noop_with_empty_axes', 0) === 1) return x;
  const axes = normalizeAxes(node.type, given.length === 0 ? undefined : given, x.shape.length);
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const strides = stridesOf(kept);
  const data: number[] = Array.from({ length: kept.reduce((count, size) => count * size, 1) }, () => start);
  x.data.forEach((value, index) => {
    const place = positionOf(index, x.shape).reduce(
      (sum, position, axis) => sum + (axes.includes(axis) ? 0 : position * (strides[axis] ?? 0)),
      0,
    );
    data[place] = combine(data[place] ?? start, value);
  });
  const dtype: DType = x.dtype;
  const keepdims = node.int('keepdims', 1) === 1;
  return { dtype, shape: keepdims ? kept : kept.filter((_, axis) => !axes.includes(axis)), data };
}

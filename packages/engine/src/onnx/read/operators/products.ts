import { sizeOf } from '../../../graph/dtype.ts';
import type { Tensor } from '../../../graph/tensor.ts';
import { expandDims, matmul, reduceSum, reshape, squeeze, transpose } from '../../../ops/index.ts';
import { MatMul } from '../../../ops/matmul.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import type { Translators } from '../node/translator.ts';

/** Matrix products. Einstein sums of one or two tensors, as attention is often written, are transposes around one of them. */
export const products: Translators = {
  // A vector counts as a row on the left and as a column on the right.
  MatMul: (node) => {
    const [a, b] = [node.input(0), node.input(1)];
    if (a.rank >= 2 && b.rank >= 2) return MatMul.apply([a, b], {});
    const left = a.rank === 1 ? expandDims(a, [0]) : a;
    const right = b.rank === 1 ? expandDims(b, [1]) : b;
    return squeeze(matmul(left, right), [...(a.rank === 1 ? [-2] : []), ...(b.rank === 1 ? [-1] : [])]);
  },
  Einsum: einsteinSum,
};

/** A tensor whose axes have names, one letter each. */
interface Named {
  readonly tensor: Tensor;
  readonly axes: readonly string[];
}

function einsteinSum(node: ImportedNode): Tensor {
  const equation = node.text('equation').replaceAll(' ', '');
  const [left = '', right] = equation.split('->');
  const terms = left.split(',');
  const tensors = node.all();
  if (!/^[A-Za-z,]*(->[A-Za-z]*)?$/.test(equation) || terms.length !== tensors.length || terms.length > 2) {
    node.fail(`has the equation "${equation}"; supported are those of one or two inputs without dots`);
  }
  const letters = Array.from(left.replaceAll(',', ''));
  const once = letters.filter((axis) => letters.indexOf(axis) === letters.lastIndexOf(axis)).sort();
  const wanted = right === undefined ? once : Array.from(right);
  const operands = terms.map((term, i): Named => {
    const tensor = node.input(i);
    const axes = Array.from(term);
    if (new Set(axes).size !== axes.length || axes.length !== tensor.rank) {
      node.fail(
        `has the equation "${equation}", whose term "${term}" does not name each axis of its input once`,
      );
    }
    return { tensor, axes };
  });
  if (new Set(wanted).size !== wanted.length || wanted.some((axis) => !letters.includes(axis))) {
    node.fail(`has the equation "${equation}", whose result is not made of its inputs' axes`);
  }
  const [a, b] = operands.map((operand, i) =>
    summed(operand, (axis) => wanted.includes(axis) || operands[1 - i]?.axes.includes(axis) === true),
  );
  if (a === undefined) return node.fail('lacks its input');
  return ordered(b === undefined ? a : product(a, b, wanted), wanted);
}

// Axes without another use are summed at once.
function summed({ tensor, axes }: Named, isNeeded: (axis: string) => boolean): Named {
  const dropped = axes.flatMap((axis, i) => (isNeeded(axis) ? [] : [i]));
  return { tensor: reduceSum(tensor, dropped), axes: axes.filter(isNeeded) };
}

function ordered({ tensor, axes }: Named, wanted: readonly string[]): Tensor {
  return transpose(
    tensor,
    wanted.map((axis) => axes.indexOf(axis)),
  );
}

// [batch, rows, inner] times [batch, inner, columns], each of the three a group of axes.
function product(a: Named, b: Named, wanted: readonly string[]): Named {
  const shared = a.axes.filter((axis) => b.axes.includes(axis));
  const batch = shared.filter((axis) => wanted.includes(axis));
  const inner = shared.filter((axis) => !wanted.includes(axis));
  const rows = a.axes.filter((axis) => !shared.includes(axis));
  const columns = b.axes.filter((axis) => !shared.includes(axis));
  const sizes = (operand: Named, axes: readonly string[]): number[] =>
    axes.map((axis) => operand.tensor.dimension(operand.axes.indexOf(axis)));
  const grouped = (operand: Named, ...groups: readonly (readonly string[])[]): Tensor =>
    reshape(
      ordered(operand, groups.flat()),
      groups.map((axes) => sizeOf(sizes(operand, axes))),
    );
  const result = matmul(grouped(a, batch, rows, inner), grouped(b, batch, inner, columns));
  const axes = [...batch, ...rows, ...columns];
  return { tensor: reshape(result, [...sizes(a, [...batch, ...rows]), ...sizes(b, columns)]), axes };
}

import { sizeOf, type Shape } from '../../../graph/dtype.ts';
import { normalizeAxis } from '../../../graph/shapes.ts';
import { indices, type Tensor } from '../../../graph/tensor.ts';
import { cast, expand, expandDims, reshape, squeeze, transpose } from '../../../ops/index.ts';
import { Expand } from '../../../ops/broadcast.ts';
import { Concat, Reshape, Slice, Split, Transpose, Trilu } from '../../../ops/shape.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import type { Translators } from '../node/translator.ts';
import { axesOf } from '../normalize/opset-forms.ts';

/** Operators that rearrange, cut and join. */
export const shapes: Translators = {
  Reshape: (node) => {
    const x = node.input(0);
    const wanted = node.integerTensor(1, 'the shape') ?? node.fail('lacks the shape');
    const allowzero = node.int('allowzero', 0);
    const sizes = node.integers(1, 'the shape') ?? [];
    const copies = allowzero === 0 && sizes.includes(0);
    const resolved = copies
      ? indices(sizes.map((size, axis) => (size === 0 ? x.dimension(axis) : size)))
      : wanted;
    return Reshape.apply([x, resolved], { allowzero });
  },
  Flatten: (node) => {
    const x = node.input(0);
    const axis = node.int('axis', 1);
    const from = axis === x.rank ? axis : normalizeAxis('Flatten', axis, x.rank);
    return reshape(x, [sizeOf(x.shape.slice(0, from)), sizeOf(x.shape.slice(from))]);
  },
  Squeeze: (node) => {
    const x = node.input(0);
    const ones = x.shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
    return squeeze(x, axesOf(node) ?? ones);
  },
  Unsqueeze: (node) => expandDims(node.input(0), axesOf(node) ?? node.fail('lacks the axes')),
  Transpose: (node) => {
    const x = node.input(0);
    const reversed = x.shape.map((_, axis) => x.rank - 1 - axis);
    return Transpose.apply([x], { perm: node.ints('perm') ?? reversed });
  },
  Concat: (node) =>
    Concat.apply(node.all(), { axis: node.optionalInt('axis') ?? node.fail('lacks the attribute "axis"') }),
  Split: split,
  Slice: slice,
  Expand: (node) =>
    Expand.apply([node.input(0), node.integerTensor(1, 'the shape') ?? node.fail('lacks the shape')], {}),
  Tile: tile,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Trilu: (node) => {
    const x = node.input(0);
    const k = indices(node.number(1, 'the diagonal') ?? 0);
    const held = x.dtype === 'bool' ? cast(x, 'float32') : x;
    return cast(Trilu.apply([held, k], { upper: node.int('upper', 1) }), x.dtype);
  },
};

function split(node: ImportedNode): readonly Tensor[] {
  const x = node.input(0);
  const axis = node.int('axis', 0);
  const attribute = node.ints('split');
  const given = attribute === undefined ? node.integerTensor(1, 'the sizes') : indices(attribute);
  return Split.applyAll([x, given ?? indices(equalParts(node, x, axis))], { axis });
}

// Equal parts; the last is smaller if the axis does not divide evenly (opset 18).
function equalParts(node: ImportedNode, x: Tensor, axis: number): number[] {
  const parts = node.int('num_outputs', node.outputs.length);
  const size = x.dimension(axis);
  if (parts < 1 || parts > size || parts !== node.outputs.length)
    node.fail(`cannot split ${size} elements into ${parts} parts`);
  const part = Math.ceil(size / parts);
  return Array.from({ length: parts }, (_, index) => Math.min(part, size - index * part));
}

// Before opset 10 everything was an attribute. Axes and steps may be left out.
function slice(node: ImportedNode): Tensor {
  const x = node.input(0);
  const [starts, ends, axes] = [node.ints('starts'), node.ints('ends'), node.ints('axes')];
  const first = starts === undefined ? node.integerTensor(1, 'the starts') : indices(starts);
  const last = ends === undefined ? node.integerTensor(2, 'the ends') : indices(ends);
  if (first === undefined || last === undefined) return node.fail('lacks starts or ends');
  const count = sizeOf(first.shape);
  const along = axes === undefined ? node.integerTensor(3, 'the axes') : indices(axes);
  const steps = node.integerTensor(4, 'the steps');
  if (node.integers(4, 'the steps')?.includes(0) === true) node.fail('has a step of 0');
  return Slice.apply(
    [
      x,
      first,
      last,
      along ?? indices(Array.from({ length: count }, (_, axis) => axis)),
      steps ?? indices(Array.from({ length: count }, () => 1)),
    ],
    {},
  );
}

// [a, b] repeated r and s times: [1, a, 1, b] -> [r, a, s, b] -> [r a, s b]
function tile(node: ImportedNode): Tensor {
  const x = node.input(0);
  const repeats = node.integers(1, 'the repeats') ?? [];
  if (repeats.length !== x.rank) node.fail(`has ${repeats.length} repeats for ${x.rank} axes`);
  const pairs = (sizes: Shape, times: Shape): Shape =>
    sizes.flatMap((size, axis) => [times[axis] ?? 1, size]);
  const apart = reshape(
    x,
    pairs(
      x.shape,
      x.shape.map(() => 1),
    ),
  );
  const repeated = expand(apart, pairs(x.shape, repeats));
  return reshape(
    repeated,
    x.shape.map((size, axis) => size * (repeats[axis] ?? 1)),
  );
}

function pictureSizes(
  node: ImportedNode,
): readonly [x: Tensor, n: number, c: number, h: number, w: number, block: number] {
  const x = node.input(0);
  const block = node.int('blocksize', 1);
  const [n, c, h, w] = x.shape;
  if (n === undefined || c === undefined || h === undefined || w === undefined || x.rank !== 4 || block < 1) {
    return node.fail(`needs [batch, channels, height, width] and a blocksize from 1`);
  }
  return [x, n, c, h, w, block];
}

function depthToSpace(node: ImportedNode): Tensor {
  const [x, n, c, h, w, b] = pictureSizes(node);
  const out = c / (b * b);
  const apart =
    node.choice('mode', 'DCR', 'CRD') === 'DCR'
      ? transpose(reshape(x, [n, b, b, out, h, w]), [0, 3, 4, 1, 5, 2])
      : transpose(reshape(x, [n, out, b, b, h, w]), [0, 1, 4, 2, 5, 3]);
  return reshape(apart, [n, out, h * b, w * b]);
}

function spaceToDepth(node: ImportedNode): Tensor {
  const [x, n, c, h, w, b] = pictureSizes(node);
  const isByPlaces = node.choice('mode', 'DCR', 'CRD') === 'DCR';
  const order = isByPlaces ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4];
  const apart = transpose(reshape(x, [n, c, h / b, b, w / b, b]), order);
  return reshape(apart, [n, c * b * b, h / b, w / b]);
}

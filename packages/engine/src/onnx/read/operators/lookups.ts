import { sizeOf } from '../../../graph/dtype.ts';
import { normalizeAxis } from '../../../graph/shapes.ts';
import { int64 } from '../../../graph/ndarray.ts';
import { constant, indices, type Tensor } from '../../../graph/tensor.ts';
import {
  cast,
  concat,
  expandDims,
  gather,
  gatherND,
  reshape,
  scatterElements,
  scatterND,
  transpose,
} from '../../../ops/index.ts';
import { OneHot, TopK } from '../../../ops/indexing.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import type { Translators } from '../node/translator.ts';

/** Operators that read or write at indices, or find indices. */
export const lookups: Translators = {
  GatherND: (node) => gatherByPlaces(node),
  ScatterND: (node) =>
    scatterND(
      node.input(0),
      node.input(1),
      node.input(2),
      node.choice('reduction', 'none', 'add', 'mul', 'max', 'min'),
    ),
  ScatterElements: scatterAlongAxis,
  Scatter: scatterAlongAxis,
  TopK: (node) => {
    const x = node.input(0);
    const count = node.opset < 10 ? node.optionalInt('k') : node.number(1, 'the number of elements');
    return TopK.applyAll([x, indices([count ?? node.fail('lacks the number of elements')])], {
      axis: normalizeAxis('TopK', node.int('axis', -1), x.rank),
      largest: node.int('largest', 1),
      sorted: node.int('sorted', 1),
    });
  },
  Compress: (node) => {
    const axis = node.optionalInt('axis');
    const x = axis === undefined ? reshape(node.input(0), [-1]) : node.input(0);
    const kept = node.host(1, 'the condition')?.data ?? node.fail('lacks the condition');
    const places = kept.flatMap((value, place) => (value === 0 ? [] : [place]));
    const size = x.dimension(axis ?? 0);
    if (places.some((place) => place >= size)) node.fail(`keeps more than the ${size} places of its axis`);
    return gather(x, indices(places), axis ?? 0);
  },
  OneHot: oneHot,
  ReverseSequence: reverseSequence,
};

function scatterAlongAxis(node: ImportedNode): Tensor {
  const reduction = node.choice('reduction', 'none', 'add', 'mul', 'max', 'min');
  return scatterElements(node.input(0), node.input(1), node.input(2), node.int('axis', 0), reduction);
}

// Runtimes have this operator for few combinations of dtypes only: int64 indices and float32 values are one.
function oneHot(node: ImportedNode): Tensor {
  const depth = node.host(1, 'the depth')?.data[0] ?? node.fail('lacks the depth');
  if (depth < 1) node.fail(`has depth ${depth}, expected a whole number from 1`);
  const values = node.input(2);
  const indicesOf = cast(node.input(0), 'int64');
  const result = OneHot.apply([indicesOf, indices(depth), cast(values, 'float32')], {
    axis: node.int('axis', -1),
  });
  return cast(result, values.dtype);
}

const MAX_PLACES = 2 ** 24;

// The first axes of both are batch axes: their places come before the indices.
function gatherByPlaces(node: ImportedNode): Tensor {
  const [x, given] = [node.input(0), node.input(1)];
  const dims = node.int('batch_dims', 0);
  if (dims === 0) return gatherND(x, given);
  const shape = given.shape.slice(0, -1);
  if (dims < 0 || dims > shape.length || sizeOf(shape) * dims > MAX_PLACES)
    node.fail(`has batch_dims ${dims}, which do not fit ${sizeOf(shape)} places`);
  const places = Array.from({ length: dims }, (_, axis) => {
    const after = sizeOf(shape.slice(axis + 1));
    const along = Array.from(
      { length: sizeOf(shape) },
      (_unused, i) => Math.floor(i / after) % (shape[axis] ?? 1),
    );
    return expandDims(constant(int64(along, shape)), [-1]);
  });
  return gatherND(x, concat([...places, given], -1));
}

function reverseSequence(node: ImportedNode): Tensor {
  const x = node.input(0);
  const lengths = node.integers(1, 'the lengths') ?? node.fail('lacks the lengths');
  const [time, batch] = [node.int('time_axis', 0), node.int('batch_axis', 1)];
  const isOrder = Math.min(time, batch) === 0 && Math.max(time, batch) === 1;
  if (!isOrder || x.rank < 2 || lengths.length !== x.dimension(batch))
    node.fail('needs one length for each sequence, and batch and time as its first two axes');
  const [steps, sequences] = [x.dimension(time), x.dimension(batch)];
  if (steps * sequences > MAX_PLACES) node.fail(`has ${steps * sequences} steps, too many`);
  if (lengths.some((length) => length < 0 || length > steps))
    node.fail(`has the lengths [${lengths.join(', ')}], expected 0 to ${steps}`);
  const order = [time, batch, ...x.shape.slice(2).map((_, axis) => axis + 2)];
  return transpose(reversedSteps(transpose(x, order), lengths), order);
}

/** `[steps, batch, ...]` with each sequence of the batch reversed within its own length. */
export function reversedSteps(x: Tensor, lengths: readonly number[]): Tensor {
  const [steps, sequences] = [x.dimension(0), x.dimension(1)];
  const places = Array.from({ length: steps * sequences }, (_, i) => {
    const [step, sequence] = [Math.floor(i / sequences), i % sequences];
    const length = lengths[sequence] ?? 0;
    return (step < length ? length - 1 - step : step) * sequences + sequence;
  });
  const rows = reshape(x, [steps * sequences, ...x.shape.slice(2)]);
  return reshape(gather(rows, indices(places)), x.shape);
}

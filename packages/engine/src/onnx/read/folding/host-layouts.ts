import type { Node } from '../../../graph/operator.ts';
import { normalizeAxis } from '../../../graph/shapes.ts';
import type { Tensor } from '../../../graph/tensor.ts';
import { elementAt, hostArray, positionOf, toHostArray, type HostArray } from '../node/host-array.ts';

/**
 * The numbers of a tensor that only rearranges, slices and joins known ones. @param known numbers by tensor @returns undefined when it
 * needs another operator, or the result is too large to store
 */
export function rearranged(tensor: Tensor, known: ReadonlyMap<Tensor, HostArray>): HostArray | undefined {
  const given = known.get(tensor);
  if (given !== undefined) return given;
  const { source, dtype, shape } = tensor;
  if (source.kind === 'constant') return toHostArray(source.value);
  if (source.kind !== 'node') return undefined;
  const layout = layouts[source.node.operator.type];
  if (layout === undefined) return undefined;
  const inputs: HostArray[] = [];
  for (const input of source.node.inputs) {
    const numbers = input && rearranged(input, known);
    if (numbers === undefined) return undefined;
    inputs.push(numbers);
  }
  const element = layout(inputs, source.node, source.index);
  return element && hostArray(dtype, shape, (index) => element(positionOf(index, shape), index));
}

/** Returns the element at a place of the result, which has this flat index. */
type ElementOf = (position: readonly number[], index: number) => number;

type Layout = (inputs: readonly HostArray[], node: Node, output: number) => ElementOf | undefined;

// The engine's own operators, in the form their translators give them: everything is filled in.
const layouts: Readonly<Record<string, Layout>> = {
  Identity: ([x]) => x && ((_, index) => x.data[index] ?? 0),
  Reshape: ([x]) => x && ((_, index) => x.data[index] ?? 0),
  Expand: ([x]) => x && ((position) => elementAt(x, position)),
  Transpose: ([x], { attributes }) => {
    const { perm } = attributes;
    if (x === undefined || typeof perm !== 'object') return undefined;
    return (position) =>
      elementAt(
        x,
        x.shape.map((_, axis) => position[perm.indexOf(axis)] ?? 0),
      );
  },
  Gather: ([x, chosen], { attributes }) => {
    if (x === undefined || chosen === undefined) return undefined;
    const axis = normalizeAxis('Gather', Number(attributes.axis), x.shape.length);
    const size = x.shape[axis] ?? 1;
    const rank = chosen.shape.length;
    return (position) => {
      const index = elementAt(chosen, position.slice(axis, axis + rank));
      const picked = index < 0 ? index + size : index;
      return elementAt(x, [...position.slice(0, axis), picked, ...position.slice(axis + rank)]);
    };
  },
  Concat: (parts, { attributes }) => {
    const axis = normalizeAxis('Concat', Number(attributes.axis), parts[0]?.shape.length ?? 0);
    return (position) => {
      let place = position[axis] ?? 0;
      for (const part of parts) {
        const size = part.shape[axis] ?? 0;
        if (place < size) return elementAt(part, replaced(position, axis, place));
        place -= size;
      }
      return 0;
    };
  },
  Split: ([x, sizes], { attributes }, output) => {
    if (x === undefined || sizes === undefined) return undefined;
    const axis = normalizeAxis('Split', Number(attributes.axis), x.shape.length);
    const before = sizes.data.slice(0, output).reduce((sum, size) => sum + size, 0);
    return (position) => elementAt(x, replaced(position, axis, (position[axis] ?? 0) + before));
  },
  Slice: ([x, starts, , axes, steps]) => {
    if (x === undefined || starts === undefined || axes === undefined || steps === undefined)
      return undefined;
    return (position) => {
      const source = [...position];
      axes.data.forEach((given, i) => {
        const axis = normalizeAxis('Slice', given, x.shape.length);
        const step = steps.data[i] ?? 1;
        source[axis] = firstOf(starts.data[i] ?? 0, x.shape[axis] ?? 1, step) + (position[axis] ?? 0) * step;
      });
      return elementAt(x, source);
    };
  },
};

function replaced(position: readonly number[], axis: number, place: number): number[] {
  return position.map((value, i) => (i === axis ? place : value));
}

// A start beyond the ends is moved to them, as in ONNX's Slice.
function firstOf(start: number, size: number, step: number): number {
  const fromFront = start < 0 ? start + size : start;
  return step > 0 ? Math.min(Math.max(fromFront, 0), size) : Math.min(Math.max(fromFront, 0), size - 1);
}

import { resolve, type Graph } from '../../graph/graph.ts';
import { int64, type NDArray } from '../../graph/ndarray.ts';
import type { Node } from '../../graph/operator.ts';
import type { Tensor } from '../../graph/tensor.ts';

/** A dimension that the user of a model chooses, such as the number of pictures. */
export interface FreeDimension {
  /** Its name in the file, such as `batch`. */
  readonly name: string;
  /** Its size in the graph. No other dimension of the graph may have this size or a multiple of it. */
  readonly size: number;
}

/** How to write the constants of a graph that contain a free dimension. */
export interface FreedConstants {
  /** Targets of reshapes: the dimension is that of the reshaped tensor. */
  readonly targets: ReadonlyMap<Tensor, NDArray>;
  /** Targets of resizes: only the sizes after the free one are written. */
  readonly sizes: ReadonlyMap<Tensor, { readonly of: Tensor; readonly rest: NDArray }>;
}

/**
 * How to write the constants of a graph so that a dimension is free.
 * @throws Error when the graph depends on its size, except by the target of a reshape or a resize
 */
export function freedConstants(graph: Graph, free: FreeDimension): FreedConstants {
  const targets = new Map<Tensor, NDArray>();
  const sizes = new Map<Tensor, { readonly of: Tensor; readonly rest: NDArray }>();
  const holds = (value: number): boolean => value !== 0 && value % free.size === 0;
  for (const node of graph.nodes) {
    const isFixed = Object.values(node.attributes)
      .flat()
      .some((value) => typeof value === 'number' && holds(value));
    // The shapes within a body are not free.
    if (isFixed || node.operator.body !== undefined) throw dependent(node, free);
    for (const [index, input] of node.inputs.entries()) {
      const tensor = input && resolve(input);
      if (tensor?.source.kind !== 'constant') continue;
      const { value } = tensor.source;
      if (value.shape.some(holds)) throw dependent(node, free);
      if (value.dtype !== 'int64') continue;
      const held = Array.from(value.data as BigInt64Array, Number);
      if (!held.some(holds)) continue;
      if (node.operator.type === 'Reshape' && index === 1) {
        const target = freedTarget(held, node, free);
        const before = targets.get(tensor);
        if (before !== undefined && String(before.data) !== String(target.data)) throw dependent(node, free);
        targets.set(tensor, target);
      } else if (node.operator.type === 'Resize' && held[0] === free.size && !held.slice(1).some(holds)) {
        const of = resolve(node.inputs[0]!);
        if (of.shape[0] !== free.size) throw dependent(node, free);
        if (!sizes.has(tensor)) sizes.set(tensor, { of, rest: int64(held.slice(1), [held.length - 1]) });
      } else throw dependent(node, free);
    }
  }
  return { targets, sizes };
}

// In ONNX, 0 keeps the dimension at that place, and -1 follows from the others.
function freedTarget(sizes: readonly number[], node: Node, free: FreeDimension): NDArray {
  const kept = node.inputs[0]!.shape;
  const target = sizes.map((size, axis) => {
    if (size === 0 || size % free.size !== 0) return size;
    return size === free.size && kept[axis] === free.size ? 0 : -1;
  });
  if (target.filter((size) => size === -1).length > 1) throw dependent(node, free);
  return int64(target, [target.length]);
}

function dependent(node: Node, { name, size }: FreeDimension): Error {
  return new Error(`onnx: ${node.operator.type} depends on ${name} being ${size}, so that it cannot be free`);
}

/** The number of pictures, points or texts that a model processes at once. It is free; in the graph it is a prime that no other dimension has. */
export const FREE_BATCH: FreeDimension = { name: 'batch', size: 1_000_003 };

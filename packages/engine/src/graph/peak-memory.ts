import { resolve, type Graph } from './graph.ts';
import type { Tensor } from './tensor.ts';

const BYTES = { float32: 4, int64: 8, bool: 1 } as const;

/**
 * The peak memory of running a graph, in bytes: its inputs and constants, and every value from the operator that computes it to
 * the last operator that reads it; outputs stay to the end. Operators run in the graph's own order. The estimate ignores the workspace of
 * kernels, and the memory that ONNX Runtime saves by fusing and in-place operators.
 */
export function peakMemory(graph: Graph): number {
  const lastUse = new Map<Tensor, number>();
  graph.nodes.forEach(({ inputs }, index) => {
    for (const tensor of inputs) if (tensor !== undefined) lastUse.set(resolve(tensor), index);
  });
  for (const tensor of graph.outputs.values()) lastUse.set(resolve(tensor), Infinity);

  let live = [...graph.inputs.values(), ...graph.constants].reduce((sum, tensor) => sum + bytesOf(tensor), 0);
  let peak = live;
  const ending = new Map<number, Tensor[]>();
  for (const [tensor, index] of lastUse) {
    if (tensor.source.kind === 'node') ending.set(index, [...(ending.get(index) ?? []), tensor]);
  }
  graph.nodes.forEach(({ outputs }, index) => {
    for (const tensor of outputs) if (lastUse.has(tensor)) live += bytesOf(tensor);
    peak = Math.max(peak, live);
    for (const tensor of ending.get(index) ?? []) live -= bytesOf(tensor);
  });
  return peak;
}

/** The size of a value, in bytes. */
export function bytesOf({ dtype, shape }: Tensor): number {
  return BYTES[dtype] * shape.reduce((product, size) => product * size, 1);
}

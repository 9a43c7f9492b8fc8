import { runtime } from '#runtime';
import { Graph } from '../graph/graph.ts';
import { zeros } from '../graph/ndarray.ts';
import { constant } from '../graph/tensor.ts';
import { encodeOnnx } from '../onnx/write/encode.ts';
import { blockableConvolutions, blockConvolutions } from './block-convolutions.ts';
import { reorderInput } from './blocked-operators.ts';

// Every block that ONNX Runtime has is a multiple of this.
const SMALLEST_BLOCK = 8;

let found: Promise<number | undefined> | undefined;

/** The same computation in the layout in which the runtime is fastest. */
export async function inRuntimesLayout(graph: Graph): Promise<Graph> {
  if (!runtime.blocks || blockableConvolutions(graph, SMALLEST_BLOCK).size === 0) return graph;
  const block = await channelsOfBlock();
  return block === undefined ? graph : blockConvolutions(graph, block);
}

/**
 * Channels of a block of the runtime; undefined if it has no kernels for blocks. It depends on the processor and on the build, and one
 * reordered pixel shows it: this is done once in a process.
 */
export function channelsOfBlock(): Promise<number | undefined> {
  found ??= probed();
  return found;
}

async function probed(): Promise<number | undefined> {
  const pixel = constant(zeros([1, SMALLEST_BLOCK, 1, 1], 'float32'));
  const y = reorderInput(pixel, SMALLEST_BLOCK);
  try {
    const session = await runtime.createSession(encodeOnnx(new Graph({ y })), { threads: 1 });
    const { y: reordered } = await session.run({}, ['y']);
    await session.release();
    const block = reordered?.dims[1];
    return block === 8 || block === 16 ? block : undefined;
  } catch {
    return undefined; // no such kernels
  }
}

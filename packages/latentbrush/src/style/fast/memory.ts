import { ACTIVATIONS, bytesPerPixel, FIXED_MEMORY } from '../memory.ts';
import type { Perception } from '../perception.ts';
import type { TransformerArchitecture } from './network.ts';

/** Bytes of ONNX Runtime, the network and the program. */
const FIXED_PAINTING = 0.2 * 2 ** 30;

/** Memory that the training of a fast style takes, in bytes: measured with 16 and 32 filters, 5 and 25 blocks, batches of 1 to 4. */
export function estimateTrainingMemory(
  perception: Perception,
  { filters, residualBlocks }: TransformerArchitecture,
  size: number,
  batch: number,
): number {
  const { all } = bytesPerPixel(perception);
  return (
    FIXED_MEMORY + batch * size ** 2 * (ACTIVATIONS.training * all + (240 + 13 * residualBlocks) * filters)
  );
}

/**
 * Memory that a fast style takes to paint a picture, in bytes: some layers of the picture's size, with all filters, and some copies
 * of the picture; measured with 8, 16 and 32 filters on pictures of 0.2 to 6 megapixels.
 */
export function estimatePaintingMemory(
  { filters }: TransformerArchitecture,
  height: number,
  width: number,
): number {
  return FIXED_PAINTING + 4 * height * width * (7 * filters + 60);
}

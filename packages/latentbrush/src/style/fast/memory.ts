import { ACTIVATIONS, bytesPerPixel, FIXED_MEMORY } from '../memory.ts';
import type { Perception } from '../perception.ts';
import type { TransformerArchitecture } from './network.ts';

/** Bytes of ONNX Runtime, the network and the program. */
const FIXED_PAINTING = 0.2 * 2 ** 30;

/**
 * Estimated memory for training a fast style, in bytes: measured with 16 and 32 filters, 5 and 25 blocks, batches of 1 to 4.
 * @example
 * const backbone = await backbones.loadBackbone('embedded');
 * const { contentLayer, styleLayers } = style.presetOf('embedded');
 * const perception = { backbone, contentLayer, styleLayers, enlargement: 1, smoothing: 0 };
 * const architecture = { filters: 16, residualBlocks: 5, noise: 0, palette: 0 };
 * const bytes = style.estimateTrainingMemory(perception, architecture, 256, 4);
 * console.log(`${(bytes / 2 ** 30).toFixed(1)} GiB`); // 2.1 GiB
 */
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
 * Estimated memory for painting a picture with a fast style, in bytes: some layers of the picture's size, with all filters, and some copies
 * of the picture; measured with 8, 16 and 32 filters on pictures of 0.2 to 6 megapixels.
 * @example
 * const architecture = { filters: 16, residualBlocks: 5, noise: 0, palette: 0 };
 * const bytes = style.estimatePaintingMemory(architecture, 1080, 1920);
 * console.log(`${(bytes / 2 ** 30).toFixed(1)} GiB`); // 1.5 GiB
 */
export function estimatePaintingMemory(
  { filters }: TransformerArchitecture,
  height: number,
  width: number,
): number {
  return FIXED_PAINTING + 4 * height * width * (7 * filters + 60);
}

import { availableMemory } from 'node:process';
import type { LayerInfo } from '../pretrained/index.ts';
import type { Perception } from './perception.ts';
import { option, OptionError, words, type Words } from '../words.ts';

const GIB = 2 ** 30;

/** Bytes of ONNX Runtime, the network's weights (twice: in the file and prepared) and the program. */
export const FIXED_MEMORY = 0.6 * GIB;

/**
 * Peak memory over the size of all activations. Measured with VGG19 and the embedded trunk, pictures of 0.06 to 1 megapixels; a tenth to a
 * quarter above the measurement. Painting keeps activations for the backward pass, and the steps of L-BFGS; training has no L-BFGS.
 */
export const ACTIVATIONS = { looking: 1, painting: 3.1, training: 2.5 } as const;

/**
 * Estimated memory for measuring a style picture, or for painting, in bytes. @param masks number of styles with a mask
 * @example
 * const backbone = await backbones.loadBackbone('embedded');
 * const { contentLayer, styleLayers, enlargement, border } = style.presetOf('embedded');
 * const perception = { backbone, contentLayer, styleLayers, enlargement, smoothing: 0 };
 * const bytes = style.estimateMemory(perception, 400, 600, border);
 * console.log(`${(bytes / 2 ** 30).toFixed(1)} GiB`); // 2.2 GiB
 */
export function estimateMemory(
  perception: Perception,
  height: number,
  width: number,
  border: number,
  work: 'looking' | 'painting' = 'painting',
  masks = 0,
): number {
  const { all, style } = bytesPerPixel(perception);
  const pixels = (height + 2 * border) * (width + 2 * border);
  return FIXED_MEMORY + pixels * (ACTIVATIONS[work] * all + 1.2 * masks * style); // each mask makes a copy of the style layers
}

/** Bytes of activations for each pixel of the picture: of all layers up to the last one used, and of only the style layers. */
export function bytesPerPixel({ backbone, contentLayer, styleLayers, enlargement }: Perception): {
  all: number;
  style: number;
} {
  const used = [contentLayer, ...styleLayers].map((name) => backbone.layerNamed(name));
  const last = Math.max(...used.map((layer) => backbone.layers.findIndex(({ name }) => name === layer.name)));
  const bytes = (layers: readonly LayerInfo[]): number =>
    layers.reduce((sum, { channels, stride }) => sum + (4 * channels * enlargement ** 2) / stride ** 2, 0);
  return { all: bytes(backbone.layers.slice(0, last + 1)), style: bytes(used.slice(1)) };
}

/**
 * Checks the memory before the work.
 * @param limit in GiB; default 80 % of the free memory
 * @param advice what to do, for the message
 * @throws InputError with the estimate and what to do
 */
export function checkMemory(
  estimate: number,
  limit: number | undefined,
  advice: Words | string = words`lower ${option('height')}, or raise ${option('maxMemory')}`,
): void {
  const allowed = limit === undefined ? availableMemory() * 0.8 : limit * GIB;
  if (estimate <= allowed) return;
  throw new OptionError(
    words`memory: this needs about ${(estimate / GIB).toFixed(1)} GiB, and the limit is ${(allowed / GIB).toFixed(1)} GiB; ${advice}`,
  );
}

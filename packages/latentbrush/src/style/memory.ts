import { InputError } from '@latentbrush/engine';
import { availableMemory } from 'node:process';
import type { Perception } from './perception.ts';
import type { TransformerArchitecture } from './transformer.ts';

const GIB = 2 ** 30;

/** Bytes of ONNX Runtime, the network's weights (twice: in the file and prepared) and the program. */
const FIXED = 0.8 * GIB;

/**
 * Memory that one evaluation takes, in bytes: the activations of all layers are kept for the way back, and their gradients
 * come and go; measured factor.
 * @param looking forward only, as at a style picture, or forward and back
 */
export function estimateMemory(
  { backbone, contentLayer, styleLayers, enlargement }: Perception,
  height: number,
  width: number,
  border: number,
  looking: 'forward' | 'both ways' = 'both ways',
): number {
  const pixels = (height + 2 * border) * (width + 2 * border) * enlargement ** 2;
  const last = Math.max(
    ...[contentLayer, ...styleLayers].map((name) => backbone.layers.indexOf(backbone.layerNamed(name))),
  );
  const elements = backbone.layers
    .slice(0, last + 1)
    .reduce((sum, { channels, stride }) => sum + (channels * pixels) / stride ** 2, 0);
  return FIXED + 4 * elements * (looking === 'forward' ? FACTOR / 2 : FACTOR);
}

/** Peak memory over the size of all activations, measured on both backbones. */
const FACTOR = 2;

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

/** Bytes of ONNX Runtime, the network and the program. */
const FIXED_PAINTING = 0.2 * GIB;

/**
 * Refuses before memory runs out.
 * @param limit in GiB; default 80 % of what is free
 * @param advice what to do, for the message
 * @throws InputError with the estimate and what to do
 */
export function checkMemory(
  estimate: number,
  limit: number | undefined,
  advice = 'lower --height, or raise --max-memory',
): void {
  const allowed = limit === undefined ? availableMemory() * 0.8 : limit * GIB;
  if (estimate <= allowed) return;
  throw new InputError(
    `memory: this needs about ${(estimate / GIB).toFixed(1)} GiB, and ${(allowed / GIB).toFixed(1)} GiB may be used; ${advice}`,
  );
}

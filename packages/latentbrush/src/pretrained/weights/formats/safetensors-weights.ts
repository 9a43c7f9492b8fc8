import { decodeSafetensors } from '@latentbrush/engine';
import { namedWeights } from '../names/named-weights.ts';
import type { WeightTable } from '../weight-table.ts';
import { weightsError } from '../weights-error.ts';

/**
 * Reads weights of a safetensors file. Its tensors have Keras' names (`block1_conv1/kernel`, with or without ":0"; kernels
 * `[height, width, in, out]`), or are torchvision's VGG16, VGG19 or InceptionV3 (see `torchvisionWeights`).
 * @param bytes the whole file, untrusted
 * @param name of the file in messages
 * @throws InputError when it is damaged or its names are not known
 */
export function safetensorsWeights(bytes: Uint8Array, name: string): WeightTable {
  try {
    const { tensors } = decodeSafetensors(bytes);
    return namedWeights(new Map(Object.entries(tensors)), 'hwio', name);
  } catch (error) {
    throw weightsError(error, name);
  }
}

import { onnxInitializers } from '@latentbrush/engine';
import { namedWeights } from '../names/named-weights.ts';
import type { OnnxFile } from './onnx-file.ts';
import type { WeightTable } from '../weight-table.ts';
import { weightsError } from '../weights-error.ts';

/**
 * Reads weights of an ONNX model by the names of its initialisers: Keras' (kernels `[out, in, height, width]`, the layout of ONNX) or those
 * of torchvision's VGG16, VGG19 or InceptionV3. The graph is ignored.
 * @param file untrusted
 * @param name of the file in messages
 * @throws InputError when it is damaged, its data are in a missing file, or its names are unknown
 */
export function onnxWeights({ bytes, externalFiles }: OnnxFile, name: string): WeightTable {
  try {
    return namedWeights(onnxInitializers(bytes, externalFiles), 'oihw', name);
  } catch (error) {
    throw weightsError(error, name);
  }
}

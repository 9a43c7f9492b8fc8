import { InputError, type NDArray } from '@latentbrush/engine';
import { fromOihw } from './kernel-layout.ts';
import { kerasWeightName, numberedFromOne } from './keras-names.ts';
import { torchvisionWeights, type NamedTensors } from './torchvision-weights.ts';
import type { WeightTable } from '../weight-table.ts';

const KERAS_WEIGHT =
  /^[^/]+\/(kernel|depthwise_kernel|pointwise_kernel|bias|gamma|beta|moving_mean|moving_variance)$/;

/**
 * Makes a table of weights from tensors with the names of torchvision or Keras. With names of Keras, only weights of convolutions and batch
 * normalisations are kept. @param layout of the kernels with Keras' names
 * @param name of the file in messages
 * @throws InputError when the names are of neither kind, or two tensors have the same name
 */
export function namedWeights(tensors: NamedTensors, layout: 'hwio' | 'oihw', name: string): WeightTable {
  const torchvision = torchvisionWeights(tensors, name);
  if (torchvision !== undefined) return torchvision;
  const table = new Map<string, NDArray<'float32'>>();
  for (const [key, array] of tensors) {
    const weight = kerasWeightName(key);
    if (!KERAS_WEIGHT.test(weight) || !isFloat32(array)) continue;
    if (table.has(weight)) throw new InputError(`${name}: two of its tensors are ${JSON.stringify(weight)}`);
    table.set(weight, layout === 'oihw' && array.shape.length === 4 ? fromOihw(array) : array);
  }
  if (table.size === 0) throw unknownNames(tensors, name);
  return numberedFromOne(table);
}

function isFloat32(array: NDArray): array is NDArray<'float32'> {
  return array.dtype === 'float32';
}

function unknownNames(tensors: NamedTensors, name: string): InputError {
  const names = [...tensors.keys()].slice(0, 3).map((key) => JSON.stringify(key.slice(0, 60)));
  const found =
    names.length === 0 ? 'it contains no tensors' : `its tensors are named ${names.join(', ')} ...`;
  return new InputError(
    `${name}: ${found}; names of Keras ("block1_conv1/kernel", "conv2d_1/kernel") or torchvision ("features.0.weight", "Conv2d_1a_3x3.conv.weight") are known`,
  );
}

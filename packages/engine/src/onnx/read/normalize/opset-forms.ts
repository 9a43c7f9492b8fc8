import { float32, int64, type NDArray } from '../../../graph/ndarray.ts';
import { decodeTensor, heldDType } from '../file/tensors.ts';
import type { ImportedNode } from '../node/imported-node.ts';

/** The axes: an attribute in older opsets, the second input in newer ones; `undefined` if neither is given. */
export function axesOf(node: ImportedNode): readonly number[] | undefined {
  return node.ints('axes') ?? node.integers(1, 'the axes');
}

/** The value of a Constant node, in any of the forms that ONNX has for it. */
export function constantValue(node: ImportedNode): NDArray {
  const tensor = node.tensorAttribute('value');
  if (tensor !== undefined) {
    node.resultTypes = [tensor.dataType];
    return decodeTensor(tensor, node.outputs[0], heldDType(tensor.dataType, node.outputs[0] ?? ''));
  }
  const [float, int] = [node.optionalFloat('value_float'), node.optionalInt('value_int')];
  if (float !== undefined) return float32([float], []);
  if (int !== undefined) return int64([int], []);
  const [floats, ints] = [node.floats('value_floats'), node.ints('value_ints')];
  if (floats !== undefined) return float32(floats);
  if (ints !== undefined) return int64(ints);
  return node.fail('contains no dense tensor of numbers');
}

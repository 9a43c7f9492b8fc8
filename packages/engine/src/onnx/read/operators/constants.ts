import { formatShape, sizeOf } from '../../../graph/dtype.ts';
import { float32 } from '../../../graph/ndarray.ts';
import { constant, indices, type Tensor } from '../../../graph/tensor.ts';
import { cast, expand, reshape } from '../../../ops/index.ts';
import { heldDType } from '../file/tensors.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import { storedValue } from '../node/stored-value.ts';
import type { Translators } from '../node/translator.ts';
import { constantValue } from '../normalize/opset-forms.ts';

/** Operators whose results depend only on the file and on shapes. */
export const constants: Translators = {
  Shape: (node) => {
    const { shape } = node.input(0);
    return indices(shape.slice(node.int('start', 0), node.optionalInt('end')));
  },
  EyeLike: eyeLike,
  Size: (node) => indices(sizeOf(node.input(0).shape)),
  Constant: (node) => constant(constantValue(node)),
  ConstantOfShape: (node) => {
    const shape = node.integers(0, 'the shape') ?? node.fail('lacks the shape');
    const value = node.tensorAttribute('value');
    const filling = value === undefined ? constant(float32([0])) : storedValue(value, 'its value').tensor;
    if (value !== undefined) node.resultTypes = [value.dataType];
    if (filling.shape.length > 1 || sizeOf(filling.shape) !== 1)
      node.fail('has a value of more than one element');
    return expand(reshape(filling, []), shape);
  },
};

const MAX_EYE = 2 ** 24;

function eyeLike(node: ImportedNode): Tensor {
  const [rows, columns] = [node.input(0).dimension(0), node.input(0).dimension(-1)];
  if (node.input(0).rank !== 2 || rows * columns > MAX_EYE)
    node.fail(
      `has the input ${formatShape(node.input(0).shape)}, expected a matrix of at most ${MAX_EYE} elements`,
    );
  const k = node.int('k', 0);
  const data = new Float32Array(rows * columns);
  for (let row = Math.max(0, -k); row < rows && row + k < columns; row++) data[row * columns + row + k] = 1;
  const elementType = node.optionalInt('dtype') ?? node.elementType(0) ?? 1;
  node.resultTypes = [elementType];
  return cast(constant(float32(data, [rows, columns])), heldDType(elementType, 'the result of EyeLike'));
}

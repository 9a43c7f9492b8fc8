import { expect, it } from 'vitest';
import { float32 } from '../../graph/ndarray.ts';
import { listOnnxNodes } from './contents.ts';
import { modelBytes, node } from './testing/models.ts';

it('names every node with its operator and outputs, known or not', () => {
  const bytes = modelBytes({
    opset: 13,
    inputs: { x: { dtype: 'float32', shape: [1, 2, 4, 4] } },
    initializers: { w: float32(new Float32Array(12), [4, 3]) },
    nodes: [
      node('Relu', ['x'], ['features'], {}, 'relu1'),
      node('MatMul', ['features', 'w'], ['scores'], {}, 'dense'),
      node('Mystery', ['scores'], ['y'], {}, 'magic'),
    ],
  });
  expect(listOnnxNodes(bytes)).toEqual([
    { name: 'relu1', operator: 'Relu', outputs: ['features'] },
    { name: 'dense', operator: 'MatMul', outputs: ['scores'] },
    { name: 'magic', operator: 'Mystery', outputs: ['y'] },
  ]);
});

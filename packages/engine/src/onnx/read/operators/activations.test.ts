import { it } from 'vitest';
import { float32 } from '../../../graph/ndarray.ts';
import { compile } from '../../../session.ts';
import { decodeOnnx } from '../decode.ts';
import { expectClose } from '../testing/compare.ts';
import { int, modelBytes, node } from '../testing/models.ts';
import { picture, single, wave, testCases } from '../testing/operator-cases.ts';

testCases({
  'Softmax of old, from the channels on': single('Softmax', [7, 11, 12], wave(2, 3, 4)),
  'Softmax of old along the last axis': single('Softmax', [11], wave(2, 3, 4), { axis: int(2) }),
  'Softmax of all': single('Softmax', [11], wave(2, 3), { axis: int(0) }),
  'LogSoftmax of old': single('LogSoftmax', [7, 11], wave(2, 3, 4)),
  'Softmax along an axis': single('Softmax', [13, 17], wave(2, 3, 4), { axis: int(1) }),
  'Softmax along the last axis': single('Softmax', [13], wave(2, 3, 4)),
  'Shrink softly': single('Shrink', [9], wave(3, 4), { lambd: 0.7, bias: 0.3 }),
  Selu: single('Selu', [7], wave(3, 4)),
  'Selu with its own numbers': single('Selu', [7], wave(3, 4), { alpha: 2, gamma: 3 }),
  Celu: single('Celu', [12], wave(3, 4), { alpha: 0.5 }),
  Elu: single('Elu', [7], wave(3, 4)),
  LeakyRelu: single('LeakyRelu', [7, 16], wave(3, 4)),
  ThresholdedRelu: single('ThresholdedRelu', [10], wave(3, 4), { alpha: 0.5 }),
  'PRelu by channels': single('PRelu', [7, 9, 16], picture, {}, wave(3, 1, 1)),
  HardSigmoid: single('HardSigmoid', [7], wave(3, 4)),
  HardSwish: single('HardSwish', [14], wave(3, 4)),
  Mish: single('Mish', [18], wave(3, 4)),
  Softsign: single('Softsign', [7], wave(3, 4)),
  Gelu: single('Gelu', [20], wave(3, 4)),
  'Gelu by tanh': single('Gelu', [20], wave(3, 4), { approximate: 'tanh' }),
});

// ONNX Runtime does not know opset 28.
it('SwiGLU of opset 28 multiplies by a gate x / (1 + exp(-alpha x))', async () => {
  const [x, values] = [wave(3, 4), wave(4, 3)];
  const bytes = modelBytes({
    opset: 28,
    inputs: { x },
    initializers: { values: float32(values.data, [3, 4]) },
    nodes: [node('SwiGLU', ['x', 'values'], ['y'], { alpha: 1.5 })],
  });
  const session = await compile(decodeOnnx(bytes).outputs);
  const { y } = await session.run({ x });
  await session.release();
  expectClose(
    Array.from(y!.data as Float32Array),
    Array.from(x.data, (gate, i) => (gate / (1 + Math.exp(-1.5 * gate))) * values.data[i]!),
  );
});

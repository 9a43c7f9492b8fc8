import { int } from '../testing/models.ts';
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

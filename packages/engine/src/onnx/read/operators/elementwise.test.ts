import { expect, it } from 'vitest';
import { bool, float32, int64 } from '../../../graph/ndarray.ts';
import { compile } from '../../../session.ts';
import { decodeOnnx } from '../decode.ts';
import { int, modelBytes, node } from '../testing/models.ts';
import { refusal } from '../testing/refusal.ts';
import { picture, single, wave, testCases } from '../testing/operator-cases.ts';

testCases({
  'Clip by attributes': single('Clip', [7, 9], wave(3, 4), { min: -0.5, max: 1.5 }),
  'Clip from below': single('Clip', [7], wave(3, 4), { min: 0 }),
  'Clip by inputs': single('Clip', [11, 13], wave(3, 4), {}, undefined, float32([1], [])),
  'Dropout in inference': single('Dropout', [7, 10], wave(2, 3), { ratio: 0.5 }),
  'Dropout with a mask': {
    opsets: [12, 13],
    feeds: { x: wave(2, 3) },
    nodes: [node('Dropout', ['x'], ['y', 'mask'])],
    outputs: ['y', 'mask'],
  },
  'Add with broadcasting': single('Add', [7, 13, 14], picture, {}, wave(3, 1, 1)),
  'inverse functions': {
    opsets: [9],
    feeds: { x: float32([-0.9, -0.2, 0.5]) },
    nodes: [
      node('Asin', ['x'], ['a']),
      node('Acos', ['x'], ['b']),
      node('Atanh', ['x'], ['c']),
      node('Asinh', ['x'], ['d']),
      node('Cosh', ['x'], ['cosh']),
      node('Acosh', ['cosh'], ['e']),
      node('Sum', ['a', 'b', 'c', 'd', 'e'], ['y']),
    ],
  },
  'Mod as in C': single('Mod', [10, 13], wave(3, 4), { fmod: int(1) }, float32([0.7])),
  'Mod as in C by Infinity': single(
    'Mod',
    [10, 13],
    wave(3),
    { fmod: int(1) },
    float32([Infinity, -Infinity, 0.7]),
  ),
  'Sum of three': {
    opsets: [7, 8, 13],
    feeds: { x: wave(2, 3) },
    initializers: { a: wave(2, 3), b: wave(2, 3) },
    nodes: [node('Sum', ['x', 'a', 'b'], ['y'])],
  },
  'Mean of three': {
    opsets: [8, 13],
    feeds: { x: wave(2, 3) },
    initializers: { a: wave(3), b: wave(2, 1) },
    nodes: [node('Mean', ['x', 'a', 'b'], ['y'])],
  },
  'Max of three': {
    opsets: [8, 13],
    feeds: { x: wave(2, 3) },
    initializers: { a: float32([0.5, 0.3, -1]), b: float32([-0.2, 0.9], [2, 1]) },
    nodes: [node('Max', ['x', 'a', 'b'], ['y'])],
  },
  'Min of one': single('Min', [8, 13], wave(2, 3)),
  Reciprocal: single('Reciprocal', [7, 13], wave(2, 3)),
  Ceil: single('Ceil', [7, 13], wave(2, 3)),
  Round: {
    ...single('Round', [11], float32([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.4, 0.6, -7.3])),
    steps: true,
  },
  'Tan, Sinh and Cosh': {
    opsets: [9],
    feeds: { x: float32([-1.1, -0.3, 0.4, 1.2]) },
    nodes: [
      node('Tan', ['x'], ['a']),
      node('Sinh', ['x'], ['b']),
      node('Cosh', ['x'], ['c']),
      node('Sum', ['a', 'b', 'c'], ['y']),
    ],
  },
  'Pow with a whole exponent': single('Pow', [12, 13], wave(2, 3), {}, int64([3], [])),
  Xor: {
    opsets: [7],
    feeds: { x: bool([true, false, true]) },
    initializers: { a: bool([true, true, false]) },
    nodes: [node('Xor', ['x', 'a'], ['y'])],
  },
});

it('BitShift of signed integers, which opset 28 allows, is refused', () => {
  const x = int64([-4, 4]);
  const nodes = [node('BitShift', ['x', 'x'], ['y'], { direction: 'RIGHT' })];
  expect(refusal(modelBytes({ opset: 28, inputs: { x }, nodes }))).toContain('signed integers');
});

// Since opset 28, which ONNX Runtime does not know; before, floats had only Mod as in C.
it('Mod of floats has the sign of the divisor, also where that is infinite', async () => {
  const x = float32([5, -5, -5, 5, 0, Infinity]);
  const divisors = float32([3, 3, Infinity, Infinity, -Infinity, Infinity]);
  const bytes = modelBytes({
    opset: 28,
    inputs: { x },
    initializers: { divisors },
    nodes: [node('Mod', ['x', 'divisors'], ['y'])],
  });
  const session = await compile(decodeOnnx(bytes).outputs);
  const { y } = await session.run({ x });
  await session.release();
  expect(Array.from(y!.data as Float32Array, (value) => value + 0)).toEqual([
    2,
    1,
    Infinity,
    5,
    0,
    Number.NaN,
  ]);
});

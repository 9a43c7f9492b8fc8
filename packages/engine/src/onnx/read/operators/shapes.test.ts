import { expect, it } from 'vitest';
import { int64 } from '../../../graph/ndarray.ts';
import { compile } from '../../../session.ts';
import { decodeOnnx } from '../decode.ts';
import { int, ints, modelBytes, node } from '../testing/models.ts';
import { picture, single, wave, testCases } from '../testing/operator-cases.ts';

testCases({
  'Squeeze by attribute': single('Squeeze', [7, 11], wave(2, 1, 3, 1), { axes: ints(1) }),
  'Squeeze by input': single('Squeeze', [13, 21], wave(2, 1, 3, 1), {}, int64([-1])),
  'Squeeze of all ones': single('Squeeze', [7, 13], wave(2, 1, 3, 1)),
  'Unsqueeze by attribute': single('Unsqueeze', [7, 11], wave(2, 3), { axes: ints(0, 2) }),
  'Unsqueeze by input': single('Unsqueeze', [13, 21], wave(2, 3), {}, int64([0, -1])),
  'Slice by attributes': single('Slice', [7, 9], wave(4, 5), { starts: ints(1, -3), ends: ints(3, 1000) }),
  'Slice by attributes along an axis': single('Slice', [7], wave(4, 5), {
    axes: ints(1),
    starts: ints(1),
    ends: ints(-1),
  }),
  'Slice by inputs without axes': single('Slice', [10, 21], wave(4, 5), {}, int64([1]), int64([3])),
  'Slice backwards': single(
    'Slice',
    [11],
    wave(4, 5),
    {},
    int64([-1]),
    int64([-1000]),
    int64([1]),
    int64([-2]),
  ),
  'Split by attribute': {
    opsets: [7, 11],
    feeds: { x: wave(2, 5) },
    nodes: [node('Split', ['x'], ['y', 'z'], { axis: int(1), split: ints(2, 3) })],
    outputs: ['y', 'z'],
  },
  'Split equally': {
    opsets: [7, 13],
    feeds: { x: wave(2, 6) },
    nodes: [node('Split', ['x'], ['y', 'z'], { axis: int(-1) })],
    outputs: ['y', 'z'],
  },
  'Split into a number of parts': {
    opsets: [18],
    feeds: { x: wave(7) },
    nodes: [node('Split', ['x'], ['y', 'z', 'u'], { num_outputs: int(3) })],
    outputs: ['y', 'z', 'u'],
  },
  Flatten: single('Flatten', [7, 9, 13], picture),
  'Flatten of everything': single('Flatten', [9], wave(2, 3), { axis: int(0) }),
  'Flatten from the last': single('Flatten', [11, 13], picture, { axis: int(-1) }),
  'Reshape with copied sizes': single('Reshape', [7, 13, 14], picture, {}, int64([0, -1, 0])),
  'Transpose without perm': single('Transpose', [7, 13], wave(2, 3, 4)),
  Tile: single('Tile', [7, 13], wave(2, 3), {}, int64([2, 3])),
  Expand: single('Expand', [8, 13], wave(2, 1), {}, int64([3, 1, 4])),
  DepthToSpace: single('DepthToSpace', [7, 11], wave(1, 8, 2, 3), { blocksize: int(2) }),
  'DepthToSpace, columns first': single('DepthToSpace', [11, 13], wave(1, 8, 2, 3), {
    blocksize: int(2),
    mode: 'CRD',
  }),
  SpaceToDepth: single('SpaceToDepth', [7, 13], wave(1, 2, 4, 6), { blocksize: int(2) }),
});

// ONNX Runtime does not know opset 28.
it('SpaceToDepth by columns first, of opset 28, is the opposite of DepthToSpace by columns first', async () => {
  const attributes = { blocksize: int(2), mode: 'CRD' };
  const x = wave(1, 8, 2, 3);
  const nodes = [
    node('DepthToSpace', ['x'], ['z'], attributes),
    node('SpaceToDepth', ['z'], ['y'], attributes),
  ];
  const session = await compile(decodeOnnx(modelBytes({ opset: 28, inputs: { x }, nodes })).outputs);
  const { y } = await session.run({ x });
  await session.release();
  expect(y).toEqual(x);
});

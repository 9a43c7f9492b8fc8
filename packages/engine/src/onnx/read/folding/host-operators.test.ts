import { float32, int64 } from '../../../graph/ndarray.ts';
import { int, ints, node } from '../testing/models.ts';
import { picture, wave, testCases } from '../testing/operator-cases.ts';

testCases({
  'a mask written step by step': {
    opsets: [11, 16],
    feeds: { x: wave(2, 3) },
    initializers: {
      zeros: float32([0, 0, 0, 0, 0, 0], [2, 3]),
      places: int64([1, -1, 0, 1], [2, 2]),
      marks: float32([5, 7]),
      row: int64([1], [1, 1]),
      ones: float32([1, 1, 1], [1, 3]),
    },
    nodes: [
      node('ScatterND', ['zeros', 'row', 'ones'], ['first']),
      node('ScatterND', ['first', 'places', 'marks'], ['mask']),
      node('Add', ['x', 'mask'], ['y']),
    ],
  },
  'a shape computed for Reshape': {
    opsets: [9, 12],
    feeds: { x: picture },
    initializers: { zero: int64([0], []), minus: int64([-1]) },
    nodes: [
      node('Shape', ['x'], ['shape']),
      node('Gather', ['shape', 'zero'], ['batch']),
      node('Unsqueeze', ['batch'], ['first'], { axes: ints(0) }),
      node('Concat', ['first', 'minus'], ['wanted'], { axis: int(0) }),
      node('Reshape', ['x', 'wanted'], ['y']),
    ],
  },
  'sizes computed for Resize': {
    opsets: [13],
    feeds: { x: picture },
    initializers: {
      two: int64([2]),
      starts: int64([2]),
      ends: int64([4]),
      axes: int64([0]),
      zero: int64([0]),
      empty: float32([]),
    },
    nodes: [
      node('Shape', ['x'], ['shape']),
      node('Slice', ['shape', 'starts', 'ends', 'axes'], ['size']),
      node('Mul', ['size', 'two'], ['doubled']),
      node('Cast', ['doubled'], ['floats'], { to: int(1) }),
      node('Floor', ['floats'], ['floored']),
      node('Cast', ['floored'], ['target'], { to: int(7) }),
      node('Slice', ['shape', 'zero', 'two', 'axes'], ['head']),
      node('Concat', ['head', 'target'], ['sizes'], { axis: int(0) }),
      node('Resize', ['x', 'empty', 'empty', 'sizes'], ['y'], {
        mode: 'linear',
        coordinate_transformation_mode: 'pytorch_half_pixel',
      }),
    ],
  },
  'a grid computed by Range': {
    opsets: [11],
    feeds: { x: wave(4) },
    initializers: { start: int64([0], []), step: int64([1], []), shape: int64([2]) },
    nodes: [
      node('Size', ['x'], ['count']),
      node('Range', ['start', 'count', 'step'], ['places']),
      node('Mod', ['places', 'shape'], ['odd']),
      node('Cast', ['odd'], ['oddFloat'], { to: int(1) }),
      node('ConstantOfShape', ['shape'], ['ones'], { value: float32([3], [1]) }),
      node('ReduceProd', ['ones'], ['nine'], { keepdims: int(0) }),
      node('Mul', ['oddFloat', 'nine'], ['scaled']),
      node('Add', ['x', 'scaled'], ['y']),
    ],
  },
});

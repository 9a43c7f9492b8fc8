import { float32 } from '../../../graph/ndarray.ts';
import { int, ints, node } from '../testing/models.ts';
import { wave, testCases } from '../testing/operator-cases.ts';

testCases({
  'Constant in every form': {
    opsets: [12, 13],
    feeds: { x: wave(2) },
    nodes: [
      node('Constant', [], ['a'], { value: float32([1, 2]) }),
      node('Constant', [], ['b'], { value_float: 3 }),
      node('Constant', [], ['c'], { value_floats: [4, 5] }),
      node('Constant', [], ['i'], { value_int: int(6) }),
      node('Constant', [], ['j'], { value_ints: ints(7, 8) }),
      node('Add', ['i', 'j'], ['k']),
      node('Cast', ['k'], ['d'], { to: int(1) }),
      node('Sum', ['x', 'a', 'b', 'c', 'd'], ['y']),
    ],
  },
});

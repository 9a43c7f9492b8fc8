import { int64 } from '../../../graph/ndarray.ts';
import { int, node } from '../testing/models.ts';
import { wave, testCases } from '../testing/operator-cases.ts';

testCases({
  'Cast to whole numbers and back': {
    opsets: [9, 13, 19],
    feeds: { x: wave(5) },
    nodes: [node('Cast', ['x'], ['i'], { to: int(6) }), node('Cast', ['i'], ['y'], { to: int(1) })],
  },
  CastLike: {
    opsets: [15],
    feeds: { x: wave(5) },
    initializers: { a: int64([1]) },
    nodes: [node('CastLike', ['x', 'a'], ['y'])],
  },
});

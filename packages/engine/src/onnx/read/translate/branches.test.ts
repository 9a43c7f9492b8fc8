import { int64 } from '../../../graph/ndarray.ts';
import { branch, node } from '../testing/models.ts';
import { wave, testCases } from '../testing/operator-cases.ts';

testCases({
  'an If whose choice depends on a size': {
    opsets: [11, 13],
    feeds: { x: wave(1, 3) },
    initializers: { one: int64([1], []), zero: int64([0], []) },
    nodes: [
      node('Shape', ['x'], ['shape']),
      node('Gather', ['shape', 'zero'], ['size']),
      node('Equal', ['size', 'one'], ['isOne']),
      node('If', ['isOne'], ['y'], {
        then_branch: { graph: branch([node('Neg', ['x'], ['negative'])], ['negative']) },
        else_branch: { graph: branch([node('Abs', ['x'], ['absolute'])], ['absolute']) },
      }),
    ],
  },
});

import { float32, int64 } from '../../../graph/ndarray.ts';
import { ints } from '../testing/models.ts';
import { picture, single, testCases } from '../testing/operator-cases.ts';

testCases({
  'Pad by attributes': single('Pad', [7], picture, { pads: ints(0, 0, 1, 2, 0, 0, 0, 1), value: 0.5 }),
  'Pad by attributes, reflected': single('Pad', [7], picture, {
    mode: 'reflect',
    pads: ints(0, 0, 1, 2, 0, 0, 0, 1),
  }),
  'Pad by inputs': single('Pad', [11, 18], picture, {}, int64([0, 0, 1, 2, 0, 0, 0, 1]), float32([-1], [])),
  'Pad some axes': single('Pad', [18, 21], picture, {}, int64([1, 2, 3, 0]), undefined, int64([2, -1])),
  'Pad with the edge': single('Pad', [7, 9], picture, { mode: 'edge', pads: ints(0, 0, 3, 2, 0, 1, 0, 9) }),
  'Pad around': single('Pad', [19], picture, { mode: 'wrap' }, int64([0, 0, 3, 2, 0, 1, 0, 3])),
});

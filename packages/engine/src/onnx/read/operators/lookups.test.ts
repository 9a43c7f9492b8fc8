import { float32, int64 } from '../../../graph/ndarray.ts';
import { int } from '../testing/models.ts';
import { single, wave, testCases } from '../testing/operator-cases.ts';

testCases({
  OneHot: single('OneHot', [9, 11], int64([1, -1, 3]), { axis: int(0) }, int64([4]), float32([2, 5])),
  'Gather by a scalar': single('Gather', [7, 13], wave(3, 4), { axis: int(1) }, int64([-1], [])),
  GatherElements: single(
    'GatherElements',
    [11, 13],
    wave(2, 3),
    { axis: int(1) },
    int64([2, 0, 1, 1], [2, 2]),
  ),
});

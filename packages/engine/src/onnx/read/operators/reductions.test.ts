import { int64 } from '../../../graph/ndarray.ts';
import { int, ints } from '../testing/models.ts';
import { single, wave, testCases } from '../testing/operator-cases.ts';

testCases({
  'ReduceSum by attribute': single('ReduceSum', [7, 11], wave(2, 3, 4), { axes: ints(1), keepdims: int(0) }),
  'ReduceSum by input': single('ReduceSum', [13, 21], wave(2, 3, 4), { keepdims: int(0) }, int64([-2])),
  'ReduceSum of nothing': single('ReduceSum', [13], wave(2, 3), { noop_with_empty_axes: int(1) }),
  'ReduceMean by attribute': single('ReduceMean', [7, 13, 17], wave(2, 3, 4), { axes: ints(-1) }),
  'ReduceMean by input': single('ReduceMean', [18, 21], wave(2, 3, 4), {}, int64([2, 0])),
  'ReduceMean of all': single('ReduceMean', [7, 18], wave(2, 3, 4), { keepdims: int(0) }),
  ReduceMax: single('ReduceMax', [7, 13], wave(2, 3, 4), { axes: ints(0, 2) }),
  ReduceL1: single('ReduceL1', [7, 13], wave(2, 3), { axes: ints(1) }),
  ReduceL2: single('ReduceL2', [7, 18], wave(2, 3)),
  ReduceSumSquare: single('ReduceSumSquare', [13], wave(2, 3), { axes: ints(1), keepdims: int(0) }),
  ReduceLogSumExp: single('ReduceLogSumExp', [13], wave(2, 3), { axes: ints(1), keepdims: int(0) }),
  ArgMin: single('ArgMin', [7, 13], wave(3, 4), { axis: int(1), keepdims: int(0) }),
});

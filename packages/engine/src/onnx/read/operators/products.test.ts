import { int, node } from '../testing/models.ts';
import { single, wave, testCases } from '../testing/operator-cases.ts';

testCases({
  'Gemm with a row': single(
    'Gemm',
    [7, 9, 11, 13],
    wave(2, 3),
    { transB: int(1), beta: 0.5, alpha: 2 },
    wave(4, 3),
    wave(4),
  ),
  'Gemm with a number': single('Gemm', [9], wave(3, 2), { transA: int(1) }, wave(3, 4), wave(1)),
  'Gemm without a third': single('Gemm', [11, 13], wave(2, 3), {}, wave(3, 4)),
  'MatMul with a vector': single('MatMul', [9, 13], wave(2, 2, 3), {}, wave(3)),
  'Einsum of attention': {
    opsets: [12],
    feeds: { x: wave(2, 3, 4, 5) },
    initializers: { k: wave(2, 6, 4, 5) },
    nodes: [node('Einsum', ['x', 'k'], ['y'], { equation: 'bihd, bjhd -> bhij' })],
  },
  'Einsum of one tensor': single('Einsum', [12], wave(2, 3, 4), { equation: 'abc->ca' }),
  'Einsum without a result': single('Einsum', [12], wave(2, 3), { equation: 'ab,bc' }, wave(3, 4)),
});

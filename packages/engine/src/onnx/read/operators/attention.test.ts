import { bool } from '../../../graph/ndarray.ts';
import { int } from '../testing/models.ts';
import { single, testCases, wave } from '../testing/operator-cases.ts';

const mask = bool(
  Array.from({ length: 20 }, (_, index) => index % 3 !== 1),
  [4, 5],
);
const heads = { q_num_heads: int(2), kv_num_heads: int(2) };

testCases({
  'Attention of heads': single(
    'Attention',
    [23, 24],
    wave(2, 3, 4, 6),
    {},
    wave(2, 3, 5, 6),
    wave(2, 3, 5, 2),
  ),
  'Attention with a scale': single('Attention', [23], wave(1, 2, 4, 6), { scale: 0.1 }, wave(1, 2, 5, 6), wave(1, 2, 5, 2)), // prettier-ignore
  'Attention with heads side by side': single('Attention', [23], wave(2, 4, 12), heads, wave(2, 5, 12), wave(2, 5, 6)), // prettier-ignore
  'Attention with a mask': single('Attention', [23], wave(1, 2, 4, 6), {}, wave(1, 2, 5, 6), wave(1, 2, 5, 2), mask), // prettier-ignore
  'Attention with a mask of numbers': single('Attention', [23], wave(1, 2, 4, 6), {}, wave(1, 2, 5, 6), wave(1, 2, 5, 2), wave(4, 5)), // prettier-ignore
  'Attention that is causal': single('Attention', [23], wave(1, 2, 5, 6), { is_causal: int(1) }, wave(1, 2, 5, 6), wave(1, 2, 5, 2)), // prettier-ignore
  'Attention of groups': single('Attention', [23], wave(1, 4, 4, 6), {}, wave(1, 2, 5, 6), wave(1, 2, 5, 2)),
});

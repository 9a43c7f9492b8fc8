import { int } from '../testing/models.ts';
import { channel, picture, single, wave, testCases } from '../testing/operator-cases.ts';

testCases({
  'BatchNormalization of opset 7': single(
    'BatchNormalization',
    [7, 8],
    picture,
    { epsilon: 0.1, momentum: 0.9, spatial: int(1) },
    channel(1, 2, 3),
    channel(0, 1, 2),
    channel(0.1, 0.2, 0.3),
    channel(1, 0.5, 2),
  ),
  BatchNormalization: single(
    'BatchNormalization',
    [9, 14, 15],
    picture,
    {},
    channel(1, 2, 3),
    channel(0, 1, 2),
    channel(0.1, 0.2, 0.3),
    channel(1, 0.5, 2),
  ),
  LRN: single('LRN', [7, 13], wave(2, 7, 3, 4), { size: int(3), alpha: 0.7, beta: 0.6, bias: 1.5 }),
  InstanceNormalization: single(
    'InstanceNormalization',
    [7],
    picture,
    { epsilon: 0.01 },
    channel(1, 2, 3),
    channel(0, 1, 2),
  ),
  LpNormalization: single('LpNormalization', [7], picture, { axis: int(1) }),
  'LpNormalization by absolutes': single('LpNormalization', [7], picture, { axis: int(-1), p: int(1) }),
  MeanVarianceNormalization: single('MeanVarianceNormalization', [9, 13], picture),
  LayerNormalization: single(
    'LayerNormalization',
    [17],
    wave(2, 3, 4),
    { axis: int(-2) },
    wave(3, 4),
    wave(3, 4),
  ),
  RMSNormalization: single('RMSNormalization', [23], wave(2, 3, 4), {}, wave(4)),
  'RMSNormalization of two axes': single('RMSNormalization', [23], wave(2, 3, 4), { axis: int(1), epsilon: 0.1 }, wave(3, 4)), // prettier-ignore
  'GroupNormalization by channels': single(
    'GroupNormalization',
    [21],
    wave(2, 4, 3, 3),
    { num_groups: int(2) },
    channel(1, 2, 3, 4),
    channel(0, 1, 2, 3),
  ),
  'GroupNormalization by groups': single(
    'GroupNormalization',
    [18],
    wave(2, 4, 3, 3),
    { num_groups: int(2) },
    channel(1, 2),
    channel(0, 1),
  ),
});

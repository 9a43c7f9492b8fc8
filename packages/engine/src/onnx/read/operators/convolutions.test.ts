import { int, ints } from '../testing/models.ts';
import { kernel, picture, single, wave, testCases } from '../testing/operator-cases.ts';

testCases({
  'Conv with nothing given': single('Conv', [7, 11], picture, {}, kernel, wave(4)),
  'Conv in groups': single(
    'Conv',
    [11],
    wave(1, 4, 5, 5),
    {
      group: int(2),
      pads: ints(1, 0, 1, 2),
      strides: ints(2, 1),
      dilations: ints(1, 2),
      kernel_shape: ints(3, 3),
    },
    wave(6, 2, 3, 3),
  ),
  'Conv, auto_pad SAME_UPPER': single(
    'Conv',
    [7],
    picture,
    { auto_pad: 'SAME_UPPER', strides: ints(2, 2) },
    kernel,
  ),
  'Conv, auto_pad SAME_LOWER': single(
    'Conv',
    [11],
    picture,
    { auto_pad: 'SAME_LOWER', strides: ints(2, 1) },
    kernel,
  ),
  'Conv, auto_pad VALID': single('Conv', [11], picture, { auto_pad: 'VALID' }, kernel),
  'Conv of a signal': single('Conv', [11], wave(1, 2, 9), { pads: ints(1, 1) }, wave(3, 2, 3)),
  'ConvTranspose with nothing given': single('ConvTranspose', [7, 11], wave(1, 4, 3, 4), {}, kernel),
  'ConvTranspose with all': single(
    'ConvTranspose',
    [11],
    wave(1, 4, 3, 4),
    { strides: ints(2, 3), pads: ints(1, 0, 0, 1), output_padding: ints(1, 2) },
    kernel,
    wave(3),
  ),
  'ConvTranspose, output_shape': single(
    'ConvTranspose',
    [11],
    wave(1, 4, 3, 4),
    { strides: ints(2, 2), output_shape: ints(6, 7) },
    kernel,
  ),
  'ConvTranspose, SAME_UPPER': single(
    'ConvTranspose',
    [11],
    wave(1, 4, 3, 4),
    { strides: ints(2, 2), auto_pad: 'SAME_UPPER' },
    wave(4, 2, 3, 3),
  ),
  'ConvTranspose, SAME_LOWER': single(
    'ConvTranspose',
    [11],
    wave(1, 4, 3, 4),
    { strides: ints(2, 2), auto_pad: 'SAME_LOWER' },
    wave(4, 2, 3, 3),
  ),
});

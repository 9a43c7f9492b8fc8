import { describe, expect, it } from 'vitest';
import { grad } from '../../../autodiff.ts';
import type { Tensor } from '../../../graph/tensor.ts';
import { decodeOnnx } from '../decode.ts';
import { wave, bothOf, expectClose } from '../testing/compare.ts';
import { mul, reduceSum, slice, square } from '../../../ops/index.ts';
import { compile } from '../../../session.ts';
import { float32, int64 } from '../../../graph/ndarray.ts';
import { modelProto, node, bytesOf, int, ints } from '../testing/models.ts';
import { picture, single, testCases, type Case, wave as values } from '../testing/operator-cases.ts';

const cases: Record<string, Case> = {
  'Upsample by attribute': single('Upsample', [7], picture, { scales: [1, 1, 2, 3] }),
  'Upsample by input, linear': single('Upsample', [9], picture, { mode: 'linear' }, float32([1, 1, 2, 2])),
  'Resize of opset 10': single('Resize', [10], picture, { mode: 'nearest' }, float32([1, 1, 2, 1.5])),
  'Resize of opset 10, smaller': single(
    'Resize',
    [10],
    picture,
    { mode: 'linear' },
    float32([1, 1, 0.6, 0.5]),
  ),
};

for (const mode of ['nearest', 'linear', 'cubic']) {
  for (const coordinates of ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric']) {
    const attributes = { mode, coordinate_transformation_mode: coordinates };
    Object.assign(cases, {
      [`Resize ${mode} ${coordinates} by scales`]: single(
        'Resize',
        [11, 13, 18],
        picture,
        attributes,
        float32([]),
        float32([1, 1, 1.7, 2.5]),
      ),
      [`Resize ${mode} ${coordinates} by sizes`]: single(
        'Resize',
        [11, 13],
        picture,
        attributes,
        float32([]),
        float32([]),
        int64([2, 3, 4, 9]),
      ),
    });
  }
}
for (const nearest of ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']) {
  Object.assign(cases, {
    [`Resize nearest, ${nearest}`]: single(
      'Resize',
      [11],
      picture,
      { nearest_mode: nearest },
      float32([]),
      float32([1, 1, 2, 0.5]),
    ),
  });
}
Object.assign(cases, {
  'Resize cubic without the outside': single(
    'Resize',
    [11],
    picture,
    { mode: 'cubic', cubic_coeff_a: -0.5, exclude_outside: int(1) },
    float32([]),
    float32([1, 1, 2, 0.8]),
  ),
  'Resize of some axes': single(
    'Resize',
    [18],
    picture,
    { mode: 'linear', axes: ints(2, 3) },
    undefined,
    float32([2, 3]),
  ),
  'Resize of a signal': single(
    'Resize',
    [11],
    values(1, 2, 5),
    { mode: 'linear' },
    float32([]),
    float32([1, 1, 2]),
  ),
});

testCases(cases);

describe('Upsample and Resize to the nearest', () => {
  const picture = wave([1, 2, 3, 4]);
  const resize = (
    opset: number,
    attributes: Parameters<typeof node>[3],
    scales?: readonly number[],
    sizes?: readonly number[],
  ) => {
    const isUpsample = opset < 10;
    const inputs =
      opset < 11
        ? ['x', ...(scales ? ['scales'] : [])]
        : ['x', '', scales ? 'scales' : '', ...(sizes ? ['sizes'] : [])];
    return bytesOf(
      modelProto({
        opset,
        inputs: { x: { dtype: 'float32', shape: [1, 2, 3, 4] } },
        initializers: {
          kernel: wave([2, 2, 1, 1], 1),
          ...(scales === undefined ? {} : { scales: float32(scales) }),
          ...(sizes === undefined ? {} : { sizes: int64(sizes) }),
        },
        nodes: [
          node('Conv', ['x', 'kernel'], ['c']),
          node(isUpsample ? 'Upsample' : 'Resize', ['c', ...inputs.slice(1)], ['y'], attributes),
        ],
      }),
    );
  };
  const scales = [1, 1, 2, 2];
  const cases: Record<string, Uint8Array> = {
    'Upsample-7': resize(7, { scales }),
    'Upsample-9': resize(9, {}, scales),
    'Resize-10': resize(10, {}, scales),
    'Resize-10, by 3 and 2': resize(10, {}, [1, 1, 3, 2]),
    'Resize-13, sizes': resize(
      13,
      { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      undefined,
      [1, 2, 6, 8],
    ),
    'Resize-13, half pixels': resize(13, {}, scales),
    'Resize-18, ceil': resize(18, { nearest_mode: 'ceil' }, [1, 1, 2.5, 1.5]),
    'Resize-19, round_prefer_ceil': resize(
      19,
      { nearest_mode: 'round_prefer_ceil' },
      undefined,
      [1, 2, 7, 3],
    ),
  };
  it.each(Object.entries(cases))('%s: gradient of a part of the result', async (_, model) => {
    const { here, there } = await bothOf(model, picture);
    expectClose(here, there);
    const { inputs, outputs } = decodeOnnx(model);
    const y = outputs.y!;
    const inside = slice(y, [1, 1], [y.dimension(2) - 1, y.dimension(3) - 1], [2, 3]);
    const x = inputs.get('x')!;
    const [dx] = grad(mul(reduceSum(square(inside)), 0.5), [x]) as [Tensor];
    const session = await compile({ dx, loss: mul(reduceSum(square(inside)), 0.5) });
    const gradient = (await session.run({ x: picture })).dx.data as Float32Array;
    const direction = wave(picture.shape, 2).data;
    const lossAt = async (step: number) => {
      const moved = picture.data.map((value, i) => value + step * direction[i]!);
      return Number((await session.run({ x: float32(moved, picture.shape) })).loss.data[0]);
    };
    const rule = gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
    const difference = ((await lossAt(5e-3)) - (await lossAt(-5e-3))) / 1e-2;
    await session.release();
    expect(Math.abs(rule - difference)).toBeLessThan(1e-2 * Math.max(1, Math.abs(difference)));
  });
});

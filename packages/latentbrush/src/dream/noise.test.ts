import { Random } from '@latentbrush/engine';
import { expect, it } from 'vitest';
import { noisePicture } from './noise.ts';

it('noise is grey with deviations of a twentieth of the range in each colour, by the seed', () => {
  const { data, ...size } = noisePicture(60, 50, new Random(3));
  expect(size).toEqual({ channels: 3, height: 60, width: 50 });
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const deviation = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
  expect(mean).toBeCloseTo(127.5, 0);
  expect(deviation / 255).toBeCloseTo(0.05, 2);
  expect(data.subarray(0, 3000)).not.toEqual(data.subarray(3000, 6000));
  expect(noisePicture(60, 50, new Random(3)).data).toEqual(data);
  expect(noisePicture(60, 50, new Random(4)).data).not.toEqual(data);
});

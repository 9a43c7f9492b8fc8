import { Random } from '@latentbrush/engine';
import { expect, it } from 'vitest';
import { noisePicture } from './noise.ts';

it('noise is grey, smooth and by the seed, a twentieth of the range at the points where it is drawn', () => {
  const { data, ...size } = noisePicture(60, 50, new Random(3));
  expect(size).toEqual({ channels: 3, height: 60, width: 50 });
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const deviation = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
  expect(Math.abs(mean - 127.5)).toBeLessThan(2);
  expect(deviation / 255).toBeGreaterThan(0.02); // less than at those points: between them it is a mean
  expect(deviation / 255).toBeLessThan(0.05);
  const steps = data.subarray(1).map((value, index) => Math.abs(value - data[index]!));
  expect(steps.toSorted()[steps.length >> 1]).toBeLessThan(3);
  expect(data.subarray(0, 3000)).not.toEqual(data.subarray(3000, 6000));
  expect(noisePicture(60, 50, new Random(3)).data).toEqual(data);
  expect(noisePicture(60, 50, new Random(4)).data).not.toEqual(data);
});

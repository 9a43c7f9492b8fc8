import { float32 } from '@latentbrush/engine';
import { expect, it } from 'vitest';
import { picturesOf } from './model.ts';
import { pictureRange } from './data.ts';

const values = float32([-1, 0, 0.5, 1], [1, 1, 2, 2]);

it("pictures have the range of the generator's tanh", () => {
  expect(pictureRange({ compat: 'none' })).toEqual([-1, 1]);
  expect(picturesOf(values, pictureRange({ compat: 'none' }))).toEqual([
    { channels: 1, height: 2, width: 2, data: Float32Array.of(0, 127.5, 191.25, 255) },
  ]);
});

it("with compat 'book' they have 0 to 1; values below black stay negative", () => {
  expect(pictureRange({ compat: 'book' })).toEqual([0, 1]);
  expect(picturesOf(values, pictureRange({ compat: 'book' }))[0]?.data).toEqual(
    Float32Array.of(-255, 0, 127.5, 255),
  );
});

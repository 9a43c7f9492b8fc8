import * as op from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { preprocess, preprocessings, type PreprocessingName } from './preprocessing.ts';

/** One pixel after preprocessing. */
async function prepared(name: PreprocessingName, pixel: readonly number[]): Promise<number[]> {
  const shape = [1, 3, 1, 1];
  const y = op.add(preprocess(op.input('x', shape), preprocessings[name]), 0);
  const session = await op.compile({ y }, { threads: 1 });
  const result = await session.run({ x: op.float32(pixel, shape) });
  await session.release();
  return [...(result.y.data as Float32Array)];
}

describe('preprocessing', () => {
  // The formulas of keras.applications (imagenet_utils.preprocess_input) and torchvision (ToTensor, Normalize).
  it.each<[PreprocessingName, (value: number, channel: number) => number]>([
    ['inception', (value) => value / 127.5 - 1],
    ['caffe', (value, channel) => value - [123.68, 116.779, 103.939][channel]!],
    [
      'imagenet',
      (value, channel) => (value / 255 - [0.485, 0.456, 0.406][channel]!) / [0.229, 0.224, 0.225][channel]!,
    ],
    ['unit', (value) => value / 255],
    ['none', (value) => value],
  ])('%s follows its formula for red, green and blue', async (name, formula) => {
    for (const pixel of [
      [0, 127.5, 255],
      [10, 100, 200],
    ]) {
      const found = await prepared(name, pixel);
      pixel.map(formula).forEach((value, channel) => expect(found[channel]).toBeCloseTo(value, 4));
    }
  });

  it('only VGG uses blue, green, red', () => {
    const bgr = Object.entries(preprocessings).filter(([, preprocessing]) => preprocessing.bgr);
    expect(bgr.map(([name]) => name)).toEqual(['caffe']);
  });
});

import { compile, float32, input } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { seenFrom, SHIFT, shiftInput, shiftOfStep } from './position-shift.ts';

describe('the shift of pictures before the loss', () => {
  it('is one of four in turn, each a row and a column smaller', async () => {
    const shape = [1, 3, 3, 4];
    const data = Float32Array.from({ length: 36 }, (_, i) => i);
    const session = await compile({ seen: seenFrom(input('pictures', shape), shiftInput()) }, { threads: 1 });
    const firsts: number[] = [];
    for (let step = 0; step < 5; step++) {
      const { seen } = await session.run({ pictures: float32(data, shape), [SHIFT]: shiftOfStep(step) });
      expect(seen.shape).toEqual([1, 3, 2, 3]);
      const first = Number(seen.data[0]);
      firsts.push(first);
      // rows of the picture are 4 long, its planes 12
      const expected = [0, 1, 2].flatMap((plane) =>
        [0, 1].flatMap((row) => [0, 1, 2].map((column) => first + 12 * plane + 4 * row + column)),
      );
      expect([...seen.data]).toEqual(expected);
    }
    await session.release();
    expect(firsts).toEqual([0, 1, 4, 5, 0]);
  });
});

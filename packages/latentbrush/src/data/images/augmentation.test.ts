import { Random } from '@latentbrush/engine';
import { describe, expect, it, vi } from 'vitest';
import { augment, checkAugmentation, type Augmentation } from './augmentation.ts';

const nothing = { flip: false, shift: 0, color: 0 };

/** The picture with these changes and the given random numbers. */
function changed(
  pixels: readonly number[],
  [channels, height, width]: readonly [number, number, number],
  changes: Augmentation,
  draws: { readonly uniform?: readonly number[]; readonly integer?: readonly number[] },
): number[] {
  const random = new Random(0);
  const uniform = vi.spyOn(random, 'uniform');
  for (const value of draws.uniform ?? []) uniform.mockReturnValueOnce(value);
  const integer = vi.spyOn(random, 'integer');
  for (const value of draws.integer ?? []) integer.mockReturnValueOnce(value);
  const target = new Uint8ClampedArray(pixels.length);
  augment(
    Uint8Array.from(pixels),
    0,
    { channels, height, width },
    { ...nothing, ...changes },
    random,
    target,
  );
  return [...target];
}

describe('augment', () => {
  const rows = [1, 2, 3, 4, 5, 6]; // 2x3

  it('mirrors left and right, or not', () => {
    expect(changed(rows, [1, 2, 3], { flip: true }, { uniform: [0.2] })).toEqual([3, 2, 1, 6, 5, 4]);
    expect(changed(rows, [1, 2, 3], { flip: true }, { uniform: [0.7] })).toEqual(rows);
  });

  it('moves down and to the right by the drawn shift, and repeats the edge', () => {
    expect(changed(rows, [1, 2, 3], { shift: 1 }, { integer: [1, 0] })).toEqual([1, 2, 3, 1, 2, 3]);
    expect(changed(rows, [1, 2, 3], { shift: 1 }, { integer: [0, 1] })).toEqual([1, 1, 2, 4, 4, 5]);
    expect(changed(rows, [1, 2, 3], { shift: 1 }, { integer: [-1, -1] })).toEqual([5, 6, 6, 5, 6, 6]);
  });

  it('moves by up to the shift in each direction', () => {
    const random = new Random(3);
    const point = new Uint8Array(81);
    point[40] = 1; // the middle of 9x9
    const places = new Set<string>();
    for (let round = 0; round < 500; round++) {
      const target = new Uint8ClampedArray(81);
      augment(point, 0, { channels: 1, height: 9, width: 9 }, { ...nothing, shift: 2 }, random, target);
      const at = target.indexOf(1);
      places.add(`${Math.floor(at / 9) - 4},${(at % 9) - 4}`);
    }
    expect(places.size).toBe(25);
    expect(places).toContain('-2,2');
  });

  it('changes brightness, contrast and saturation as torchvision does', () => {
    // One pixel of red 100, green 50, blue 200, and one of 60, 60, 60.
    const two = [100, 60, 50, 60, 200, 60];
    const close = (found: number[], expected: number[]): void => {
      found.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1));
    };
    const factors = (...uniform: number[]): number[] => changed(two, [3, 1, 2], { color: 0.5 }, { uniform });
    close(factors(1, 1, 1), two);
    close(factors(1.5, 1, 1), [150, 90, 75, 90, 255, 90]); // 300 is clipped
    // Luminances are 82.05 and 60, their mean 71.
    close(factors(1, 0.5, 1), [85.5, 65.5, 60.5, 65.5, 135.5, 65.5]);
    close(factors(1, 1, 0.5), [91, 60, 66, 60, 141, 60]);
    close(factors(1, 1, 1.5), [109, 60, 34, 60, 255, 60]);
  });

  it('changes grey pictures in brightness and contrast', () => {
    const found = changed([100, 204], [1, 1, 2], { color: 0.5 }, { uniform: [0.5, 0.5, 1.4] });
    expect(found).toEqual([63, 89]); // 50 and 102, drawn to their mean 76
  });

  it('draws factors from 1 - color to 1 + color', () => {
    const random = new Random(3);
    const values = Array.from({ length: 300 }, () => {
      const target = new Uint8ClampedArray(1);
      augment(Uint8Array.of(100), 0, { channels: 1, height: 1, width: 1 }, { ...nothing, color: 0.2 }, random, target); // prettier-ignore
      return target[0]!; // contrast does nothing to one pixel
    });
    expect([Math.min(...values), Math.max(...values)]).toEqual([80, 120]);
  });
});

it('checkAugmentation says when there is nothing to do', () => {
  const shape = { channels: 1, height: 8, width: 8 };
  expect(checkAugmentation({}, shape)).toBeUndefined();
  expect(checkAugmentation({ flip: false, shift: 0, color: 0 }, shape)).toBeUndefined();
  expect(checkAugmentation({ shift: 2 }, shape)).toEqual({ flip: false, shift: 2, color: 0 });
});

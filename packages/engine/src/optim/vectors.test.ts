import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addScaledAndDot, dot, largest, multiply, negative, setSum, sumOfMagnitudes } from './vectors.ts';

const number = fc.integer({ min: -100, max: 100 }); // sums of whole numbers are exact in any order
const pairs = fc.array(fc.tuple(number, number), { maxLength: 21 });

describe('vectors of any length', () => {
  it('are multiplied, added and measured element by element', () => {
    fc.assert(
      fc.property(pairs, number, (elements, scale) => {
        const a = elements.map(([x]) => x);
        const b = elements.map(([, y]) => y);
        const [va, vb] = [Float32Array.from(a), Float32Array.from(b)];
        expect(dot(va, vb)).toBe(elements.reduce((sum, [x, y]) => sum + x * y, 0));
        expect([...negative(va)]).toEqual(a.map((value) => -value));
        expect(largest(va)).toBe(Math.max(0, ...a.map(Math.abs)));
        expect(sumOfMagnitudes(vb)).toBe(b.reduce((sum, y) => sum + Math.abs(y), 0));
        const target = new Float32Array(a.length);
        setSum(target, va, scale, vb);
        expect([...target]).toEqual([...Float32Array.from(elements, ([x, y]) => x + scale * y)]);
        const product = elements.reduce((sum, [x, y]) => sum + x * y, 0);
        expect(addScaledAndDot(target, -scale, vb, vb) + 0).toBe(product + 0);
        expect([...target].map((value) => value + 0)).toEqual(a.map((value) => value + 0));
        multiply(target, 2);
        expect([...target].map((value) => value + 0)).toEqual(a.map((value) => 2 * value + 0));
      }),
    );
  });

  it('with a NaN are not small', () => {
    expect(largest(Float32Array.of(1, NaN, 2))).toBeNaN();
    expect(largest(Float32Array.of(1, -Infinity, 2))).toBe(Infinity);
  });
});

import { describe, expect, it } from 'vitest';
import { grad } from '../autodiff.ts';
import { float32, int64 } from '../graph/ndarray.ts';
import { constant, input, type Tensor } from '../graph/tensor.ts';
import { compile } from '../session.ts';
import { add, gather, mul, reduceSum, scan, stack } from './index.ts';

const x = input('x', [4, 2]);
const feeds = { x: float32([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]) };
const zero = constant(float32([0, 0]));

async function valuesOf(tensors: Record<string, Tensor>, given = feeds): Promise<Record<string, number[]>> {
  const session = await compile(tensors, { threads: 1 });
  const results = await session.run(given);
  return Object.fromEntries(
    Object.entries(results).map(([name, { data }]) => [name, Array.from(data, Number)]),
  );
}

describe('scan', () => {
  it.each([
    [false, [1, 2, 4, 6, 9, 12, 16, 20]],
    [true, [16, 20, 15, 18, 12, 14, 7, 8]],
  ])('runs a step for each slice (reverse: %s)', async (reverse, sums) => {
    const { states, sequences } = scan(
      { states: [zero], sequences: [x], shared: [], reverse },
      ([sum], [value]) => {
        const next = add(sum!, value!);
        return { states: [next], slices: [next] };
      },
    );
    expect(sequences[0]!.shape).toEqual([4, 2]);
    expect(await valuesOf({ last: states[0]!, sums: sequences[0]! })).toEqual({ last: [16, 20], sums });
  });

  it('reads shared values and constants, and may return what it was given', async () => {
    const rows = mul(x, 10);
    const places = constant(int64([3, 0]));
    const { states, sequences } = scan(
      { states: [zero], sequences: [places], shared: [rows, zero] },
      ([sum], [place], [table, nothing]) => {
        const row = add(gather(table!, place!), 0.5);
        return { states: [sum!], slices: [row, row, nothing!, sum!] };
      },
    );
    const [a, b, c, d] = sequences;
    expect(await valuesOf({ a: a!, b: b!, c: c!, d: d!, last: states[0]! })).toEqual({
      a: [70.5, 80.5, 10.5, 20.5],
      b: [70.5, 80.5, 10.5, 20.5],
      c: [0, 0, 0, 0],
      d: [0, 0, 0, 0],
      last: [0, 0],
    });
  });

  it('may be within another one', async () => {
    const inner = (value: Tensor): Tensor =>
      scan({ states: [mul(value, 0)], sequences: [stack([value, value])], shared: [] }, ([sum], [each]) => ({
        states: [add(sum!, each!)],
        slices: [],
      })).states[0]!;
    const { sequences } = scan({ states: [zero], sequences: [x], shared: [] }, ([sum], [value]) => ({
      states: [sum!],
      slices: [inner(value!)],
    }));
    expect(await valuesOf({ twice: sequences[0]! })).toEqual({ twice: [2, 4, 6, 8, 10, 12, 14, 16] });
  });

  it('has no gradient rule, and says so', () => {
    const { states } = scan({ states: [zero], sequences: [x], shared: [] }, ([sum], [value]) => ({
      states: [add(sum!, value!)],
      slices: [],
    }));
    expect(() => grad(reduceSum(states[0]!), [x])).toThrow('operator Scan has no gradient rule');
  });

  it('refuses sequences of different lengths, and states that change', () => {
    const step = ([sum]: readonly Tensor[]) => ({ states: [sum!], slices: [] });
    const short = input('short', [3, 2]);
    expect(() => scan({ states: [zero], sequences: [x, short], shared: [] }, step)).toThrow(
      'scan: expected sequences of the same number of steps, got [4, 2], [3, 2]',
    );
    expect(() => scan({ states: [zero], sequences: [], shared: [] }, step)).toThrow(
      'scan: expected sequences',
    );
    expect(() =>
      scan({ states: [zero], sequences: [x], shared: [] }, ([sum]) => ({
        states: [stack([sum!, sum!])],
        slices: [],
      })),
    ).toThrow('a step must keep dtypes and shapes');
  });
});

import { InputError, Random } from '@latentbrush/engine';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { streamBatches, windowBatches, type Batch } from './batches.ts';
import { tokensInMemory, type Tokens } from './tokens.ts';

const counting = (length: number): Tokens => tokensInMemory(Int32Array.from({ length }, (_, i) => i));
const numbers = ({ data }: Batch['tokens']): number[] =>
  Array.from(data as ArrayLike<number | bigint>, Number);

describe('windowBatches: objective last', () => {
  it("cuts a window every step tokens, each with the next token, as the book's code does", () => {
    const { count, size, epoch } = windowBatches(counting(10), { window: 4, stride: 3, batchSize: 8 });
    const batch = epoch(undefined)(0);
    expect({ count, size }).toEqual({ count: 1, size: 2 });
    expect(numbers(batch.tokens).slice(0, 8)).toEqual([0, 1, 2, 3, 3, 4, 5, 6]);
    expect(numbers(batch.targets).slice(0, 2)).toEqual([4, 7]);
    expect(numbers(batch.weights)).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
  });

  it('has the 200,275 windows of the Nietzsche corpus', () => {
    expect(
      windowBatches(tokensInMemory(new Int32Array(600_885)), { window: 60, stride: 3, batchSize: 128 }).size,
    ).toBe(200_275);
  });

  it('uses every window once in an epoch, in another order for another seed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 6, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(),
        (length, batchSize, seed) => {
          const batches = windowBatches(counting(length), { window: 5, stride: 1, batchSize });
          const at = batches.epoch(new Random(seed));
          const firsts = Array.from({ length: batches.count }, (_, i) => at(i)).flatMap(
            ({ tokens, weights }) =>
              numbers(weights).flatMap((weight, row) => (weight === 1 ? [numbers(tokens)[row * 5]] : [])),
          );
          expect(firsts.toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual(
            Array.from(counting(length - 5).read(0, length)),
          );
        },
      ),
    );
  });

  it('refuses a corpus without a window and a token after it', () => {
    expect(() => windowBatches(counting(60), { window: 60, stride: 3, batchSize: 1 })).toThrow(InputError);
  });
});

describe('streamBatches: objective sequence', () => {
  it('reads streams side by side; each batch continues where the last one ended, targets one token ahead', () => {
    const { count, epoch } = streamBatches(counting(17), { window: 4, batchSize: 2 });
    const at = epoch(undefined);
    expect(count).toBe(2);
    expect(numbers(at(0).tokens)).toEqual([0, 1, 2, 3, 8, 9, 10, 11]);
    expect(numbers(at(1).tokens)).toEqual([4, 5, 6, 7, 12, 13, 14, 15]);
    expect(numbers(at(1).targets)).toEqual([5, 6, 7, 8, 13, 14, 15, 16]);
  });

  it('pads with rows of weight 0 when the corpus is too short for all streams', () => {
    const { epoch } = streamBatches(counting(9), { window: 4, batchSize: 3 });
    expect(numbers(epoch(undefined)(0).weights)).toEqual([1, 1, 0]);
  });
});

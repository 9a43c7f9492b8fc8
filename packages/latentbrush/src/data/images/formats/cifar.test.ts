import { gzipSync } from 'node:zlib';
import { InputError, Random } from '@latentbrush/engine';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mutated } from '../../../pretrained/weights/testing/mutations.ts';
import { CIFAR10_CLASSES, CifarRecords } from './cifar.ts';
import { streamOf, unpackedStreamOf } from './testing/byte-streams.ts';
import { cifarFile } from './testing/dataset-files.ts';

const anything = (): void => undefined;

async function read(...files: Uint8Array[]): Promise<CifarRecords> {
  const records = new CifarRecords(undefined, anything);
  for (const file of files) await records.add(streamOf(file));
  return records;
}

describe('records of CIFAR-10', () => {
  it('are a label and planes of red, green and blue', async () => {
    const record = new Uint8Array(3073);
    record[0] = 6;
    record.fill(10, 1, 1025).fill(20, 1025, 2049).fill(30, 2049);
    const { labels, pixels } = await read(record);
    expect(labels).toEqual(['frog']);
    expect([pixels[0], pixels[1023], pixels[1024], pixels[2048], pixels[3071]]).toEqual([10, 10, 20, 30, 30]);
  });

  it('of several files are concatenated, compressed or not', async () => {
    const labels = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(labels, labels, fc.boolean(), async (first, second, packed) => {
        const records = new CifarRecords(undefined, anything);
        const more = cifarFile(second, 100);
        await records.add(streamOf(cifarFile(first)));
        await records.add(packed ? unpackedStreamOf(gzipSync(more)) : streamOf(more));
        expect(records.labels).toEqual([...first, ...second].map((label) => CIFAR10_CLASSES[label]));
        expect(records.pixels).toHaveLength(3072 * records.labels.length);
        const fills = records.labels.map((_, n) => records.pixels[n * 3072]);
        expect(fills).toEqual([...first.keys(), ...[...second.keys()].map((n) => 100 + n)]);
      }),
      { numRuns: 20 },
    );
  });

  it('of one class are selected while reading', async () => {
    const records = new CifarRecords(6, anything);
    await records.add(streamOf(cifarFile([6, 0, 3, 6, 9])));
    expect(records.labels).toEqual(['frog', 'frog']);
    expect([records.pixels[0], records.pixels[3072]]).toEqual([0, 3]);
  });

  it('that are too many are refused before allocation', async () => {
    const records = new CifarRecords(undefined, (bytes) => {
      if (bytes > 3000) throw new InputError('too many');
    });
    await expect(records.add(streamOf(cifarFile([1, 2])))).rejects.toThrow('too many');
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      'end within a record',
      cifarFile([1, 2]).subarray(0, -1),
      /has 6145 bytes, which is not a multiple of the 3073/,
    ],
    ['are none', new Uint8Array(0), /contains no records/],
    ['are of CIFAR-100', new Uint8Array(3074), /this looks like CIFAR-100, which is not supported/],
    ['have a label beyond 9', cifarFile([0, 9, 10]), /record 2 has the label 10; CIFAR-10 has 0 to 9/],
  ])('are refused when they %s', async (_, file, message) => {
    await expect(read(file)).rejects.toThrow(message);
    await expect(read(file)).rejects.toBeInstanceOf(InputError);
  });

  it('give records or a one-line error when damaged in thousands of ways', async () => {
    const random = new Random(4);
    const whole = cifarFile([3, 1, 4]);
    let [sound, errors] = [0, 0];
    for (let round = 0; round < 2000; round++) {
      try {
        const { labels, pixels } = await read(mutated(whole, random));
        expect(pixels).toHaveLength(labels.length * 3072);
        sound++;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.message).toMatch(/^file: [^\n]+$/);
        errors++;
      }
    }
    expect(Math.min(sound, errors)).toBeGreaterThan(100);
  });
});

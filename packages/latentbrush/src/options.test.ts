import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flagOf, parseOptions, withChanges } from './options.ts';
import { thrownBy } from './testing/thrown-by.ts';
import { messageOf } from './words.ts';

describe('a wrong option gives a plain message: what was given, what it must be', () => {
  const schema = z.strictObject({
    octaves: z.int().min(1).max(20).default(3),
    octaveScale: z.number().gt(1).max(8).default(2),
    weight: z.number().min(0).optional(),
    maxMemory: z.number().gt(0).optional(),
    seed: z.int().min(0).default(1),
    side: z.int().min(64).max(1024).multipleOf(4).optional(),
    channels: z.literal([1, 3]).optional(),
    colors: z.enum(['none', 'luminance', 'histogram']).default('none'),
    layers: z.array(z.string().min(1)).min(1).max(3).optional(),
    flip: z.boolean().default(false),
    start: z.string('name a picture to start from').optional(),
  });

  it.each<[object, string]>([
    [{ octaves: 5.5 }, '--octaves: 5.5 was given; it must be a whole number between 1 and 20'],
    [{ octaves: 0 }, '--octaves: 0 was given; it must be a whole number between 1 and 20'],
    [{ octaves: 'three' }, '--octaves: "three" was given; it must be a whole number between 1 and 20'],
    [{ octaveScale: 1 }, '--octave-scale: 1 was given; it must be greater than 1 and at most 8'],
    [
      { octaveScale: 'x' },
      '--octave-scale: "x" was given; it must be a number, greater than 1 and at most 8',
    ],
    [{ weight: -1 }, '--weight: -1 was given; it must be at least 0'],
    [{ maxMemory: 0 }, '--max-memory: 0 was given; it must be greater than 0'],
    [{ maxMemory: Infinity }, '--max-memory: Infinity was given; it must be a finite number'],
    [{ seed: -1 }, '--seed: -1 was given; it must be a whole number of at least 0'],
    [{ seed: 1e30 }, '--seed: 1e+30 was given; it must be at most 9007199254740991'],
    [{ side: 66 }, '--side: 66 was given; it must be a multiple of 4'],
    [{ channels: 2 }, '--channels: 2 was given; it must be 1 or 3'],
    [{ colors: 'all' }, '--colors: "all" was given; it must be none, luminance or histogram'],
    [{ layers: [] }, '--layers: [] was given; it must not be empty'],
    [{ layers: ['mixed2', ''] }, '--layers: "" was given; it must not be empty'],
    [{ layers: ['a', 'b', 'c', 'd'] }, 'it must have at most 3 entries'],
    [{ layers: 'mixed2' }, '--layers: "mixed2" was given; it must be a list'],
    [{ flip: 'yes' }, '--flip: "yes" was given; it must be true or false'],
    [{ octavs: 3 }, '--octavs: there is no such option'],
  ])('%j', (given, message) => {
    const error = thrownBy(() => parseOptions(schema, given));
    expect(error).toBeInstanceOf(InputError);
    expect(messageOf(error, flagOf)).toContain(message);
  });

  it("with the schema's own message, if it has one", () => {
    expect(() => parseOptions(schema, { start: 3 })).toThrow(
      'option start: 3 was given; name a picture to start from',
    );
  });
});

it('changed options keep the other options, and those changed to undefined', () => {
  const options: { epochs: number; steps?: number | undefined; name: string } = {
    epochs: 3,
    steps: 7,
    name: 'a',
  };
  expect(withChanges(options, { epochs: 5, steps: undefined })).toEqual({ epochs: 5, steps: 7, name: 'a' });
  expect(options.epochs).toBe(3);
});

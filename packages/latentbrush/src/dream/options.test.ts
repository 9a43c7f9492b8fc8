import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { flagOf, parseOptions } from '../options.ts';
import { thrownBy } from '../testing/thrown-by.ts';
import { messageOf } from '../words.ts';
import { dreamOptions, type DreamInput } from './options.ts';

describe('options of a dream', () => {
  it('are those of the book by default, and features beyond the book are off', () => {
    expect(parseOptions(dreamOptions, {})).toEqual({
      layers: [
        { layer: 'mixed2', coefficient: 0.2 },
        { layer: 'mixed3', coefficient: 3 },
        { layer: 'mixed4', coefficient: 2 },
        { layer: 'mixed5', coefficient: 1.5 },
      ],
      octaves: 3,
      octaveScale: 1.4,
      iterations: 20,
      stepSize: 0.01,
      maxLoss: 10,
      jitter: 0,
      edges: 'fade',
      blur: 0,
      decorrelate: false,
      objective: 'squares',
      laplacian: 0,
      seed: 1,
    });
  });

  it('do not change when they are resolved again', () => {
    const resolved = parseOptions(dreamOptions, {
      octaves: 2,
      tile: 256,
      layers: [{ layer: 'a', channel: 3, coefficient: -1 }],
    });
    expect(parseOptions(dreamOptions, JSON.parse(JSON.stringify(resolved)))).toEqual(resolved);
  });

  it('return a copy of the list of layers', () => {
    const { layers } = parseOptions(dreamOptions, {});
    layers.pop();
    expect(parseOptions(dreamOptions, {}).layers).toHaveLength(4);
  });

  it.each<[DreamInput, string]>([
    [{ octaves: 0 }, '--octaves: 0 was given'],
    [{ octaves: 21 }, '--octaves: 21 was given'],
    [{ octaves: 1.5 }, '--octaves: 1.5 was given'],
    [{ octaveScale: 1 }, '--octave-scale: 1 was given'],
    [{ iterations: -1 }, '--iterations: -1 was given'],
    [{ stepSize: 0 }, '--step-size: 0 was given'],
    [{ stepSize: Number.NaN }, '--step-size: '],
    [{ maxLoss: 0 }, '--max-loss: 0 was given'],
    [{ tile: -1 }, '--tile: -1 was given'],
    [{ tile: 1e5 }, '--tile: 100000 was given'],
    [{ jitter: 513 }, '--jitter: 513 was given'],
    [{ blur: -1 }, '--blur: -1 was given'],
    [{ seed: -1 }, '--seed: -1 was given'],
    [{ threads: 0 }, '--threads: 0 was given'],
    [{ layers: [] }, '--layers: [] was given'],
    [{ layers: [{ layer: 'mixed3', channel: -1, coefficient: 1 }] }, '--layers: '],
    [{ layers: [{ layer: 'mixed3', coefficient: Infinity }] }, '--layers: '],
  ])('are refused outside their range: %j', (given, message) => {
    const error = thrownBy(() => parseOptions(dreamOptions, given));
    expect(error).toBeInstanceOf(InputError);
    expect(messageOf(error, flagOf)).toContain(message);
  });

  it('that do not exist are refused', () => {
    expect(() => parseOptions(dreamOptions, { octave: 3 })).toThrow('option octave: there is no such option');
  });
});

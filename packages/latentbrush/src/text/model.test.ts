import { InputError, Random } from '@latentbrush/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { parametersOf, type Architecture } from './network.ts';
import { beginning, generate, write, Writer, type LanguageModel } from './model.ts';
import { UNKNOWN, Vocabulary } from './tokenizer.ts';

const text = 'abracadabra alakazam ';
const vocabulary = Vocabulary.of(text, 'char', true);
const architecture: Architecture = {
  model: 'lstm',
  units: 12,
  layers: 1,
  embedding: 0,
  kernelSize: 3,
  vocabularySize: vocabulary.size,
};

// An untrained model with large weights has peaked distributions, which is enough for sampling.
let model: LanguageModel;
beforeAll(() => {
  const weights = parametersOf(architecture).initialize(new Random(5));
  for (const { data } of Object.values(weights))
    (data as Float32Array).forEach((value, i) => ((data as Float32Array)[i] = 4 * value));
  model = {
    architecture,
    vocabulary,
    weights,
    window: 8,
    objective: 'sequence',
    passages: [text.slice(0, 8), text.slice(8, 16)],
  };
});

async function tokens(options: Parameters<typeof generate>[1]) {
  const collected = [];
  for await (const token of generate(model, options)) collected.push(token);
  return collected;
}

describe('generate', () => {
  it('writes the same text for the same seed, and another for another', async () => {
    const options = { prompt: 'abra', length: 60, temperature: 1 };
    expect(await write(model, options)).toBe(await write(model, options));
    expect(await write(model, { ...options, seed: 2 })).not.toBe(await write(model, options));
  });

  it('greedy takes the most probable token, for any seed', async () => {
    const options = { prompt: 'abra', length: 30, greedy: true };
    expect(await write(model, { ...options, seed: 9 })).toBe(await write(model, options));
    for (const { probability, entropy } of await tokens(options))
      expect([probability, entropy]).toEqual([1, 0]);
  });

  it('with a carried state writes the same as the sliding window while the text fits the window', async () => {
    const options = { prompt: 'abr', length: 5, temperature: 1 };
    expect(await write(model, { ...options, stateful: true })).toBe(await write(model, options));
  });

  it('draws only from the k most probable tokens', async () => {
    for (const { probability, entropy } of await tokens({
      prompt: 'abra',
      length: 40,
      topK: 2,
      temperature: 1,
    })) {
      expect(entropy).toBeLessThanOrEqual(1);
      expect(probability).toBeGreaterThan(0);
    }
  });

  it('reports the entropy of each choice: lower at a lower temperature', async () => {
    const mean = async (temperature: number): Promise<number> => {
      const written = await tokens({ prompt: 'abra', length: 100, temperature });
      return written.reduce((sum, { entropy }) => sum + entropy, 0) / written.length;
    };
    expect(await mean(0.2)).toBeLessThan(await mean(1.5));
  });

  it('stops when asked', async () => {
    const controller = new AbortController();
    let count = 0;
    for await (const token of generate(model, { prompt: 'abra', length: 1000 }, controller.signal)) {
      expect(token.text).toHaveLength(1);
      count += 1;
      if (count === 3) controller.abort();
    }
    expect(count).toBe(3);
  });

  it('never writes the token for unknown words', async () => {
    const words = Vocabulary.of('a rose is a rose is a rose', 'word', true, 3);
    const size = { ...architecture, vocabularySize: words.size };
    const byWords = {
      ...model,
      architecture: size,
      vocabulary: words,
      weights: parametersOf(size).initialize(new Random(1)),
    };
    expect(await write(byWords, { prompt: 'a rose', length: 50, temperature: 5 })).not.toContain(UNKNOWN);
  });

  it('refuses to carry the state of a convolutional model, which has none', async () => {
    const conv = { ...model, architecture: { ...architecture, model: 'conv' as const } };
    await expect(generate(conv, { stateful: true }).next()).rejects.toThrow(InputError);
  });
});

describe('Writer', () => {
  it('writes every text as its first, also two at a time', async () => {
    const writer = new Writer(model);
    for (const options of [{ length: 12 }, { length: 12, stateful: true }]) {
      const given = { ...options, prompt: 'abr', temperature: 1 };
      const once = await write(model, given);
      expect(await writer.write(given)).toBe(once);
      expect(await writer.write({ ...given, prompt: 'cad' })).toBe(
        await write(model, { ...given, prompt: 'cad' }),
      );
      expect(await Promise.all([writer.write(given), writer.write(given)])).toEqual([once, once]);
    }
    await writer.release();
    expect(await writer.write({ prompt: 'abr', length: 3 })).toHaveLength(3);
  });
});

describe('beginning', () => {
  it('without a prompt is a passage of the corpus, drawn by the seed', () => {
    const { text: passage } = beginning(model, { seed: 3 });
    expect(model.passages).toContain(passage);
    expect(beginning(model, { seed: 3 }).text).toBe(passage);
  });

  it('of a model trained on full windows, is padded with a passage before the prompt', () => {
    const { text: shown, ids } = beginning({ ...model, objective: 'last' }, { prompt: 'Abra' });
    expect(shown).toBe('abra');
    expect(ids).toHaveLength(8);
    expect(vocabulary.decode(ids)).toMatch(/abra$/);
  });

  it('refuses a prompt without any known token', () => {
    expect(() => beginning(model, { prompt: '123', skipUnknown: true })).toThrow(InputError);
    expect(() => beginning(model, { prompt: 'xyz' })).toThrow(/"x" \(number 1\)/);
  });
});

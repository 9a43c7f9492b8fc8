import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { trainOptions } from './options.ts';
import { prepare, tokenized } from './data.ts';
import { train } from './train.ts';

const path = new URL('../../../../../shared/data/text/nietzsche.txt', import.meta.url);

describe.skipIf(!existsSync(path))("the book's corpus (skipped without ../shared/data)", () => {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';

  it('has 57 characters and 200,275 windows', async () => {
    const options = trainOptions.parse({});
    const corpus = await tokenized({ name: 'nietzsche', text }, options);
    const { vocabulary, training } = prepare(corpus, options);
    expect(vocabulary.size).toBe(57);
    expect(training.size).toBe(200_275);
  });

  it('is learned with the defaults within 80 steps, by 102,585 parameters', async () => {
    const losses: number[] = [];
    for await (const event of train({ name: 'nietzsche', text }, { maxSteps: 80 })) {
      if (event.type === 'start') expect(event.parameters).toBe(95_232 + 7_353);
      if (event.type === 'step') losses.push(event.batchLoss);
    }
    expect(losses[0]).toBeCloseTo(Math.log(57), 0);
    expect(losses.slice(-20).reduce((a, b) => a + b, 0) / 20).toBeLessThan(2.8);
  }, 60_000);
});

import { expect, it } from 'vitest';
import { temperaturesOf, textsByStep } from './text-samples.ts';

const sample = (step: number, temperature: number, text: string, prompt = 'the ') => ({
  type: 'sample' as const,
  data: { type: 'sample', step, temperature, prompt, text },
  pictures: {},
  number: step,
  time: 0,
});

it('texts are grouped by their steps, and temperatures go from cold to hot', () => {
  const steps = textsByStep([
    sample(5, 1.2, 'b'),
    sample(5, 0.2, 'a'),
    sample(10, 0.2, 'c', 'a '),
    { ...sample(10, 1, 'no text'), data: { type: 'sample', step: 10 } },
  ]);
  expect(steps).toEqual([
    { step: 5, prompt: 'the ', texts: { '0.2': 'a', '1.2': 'b' } },
    { step: 10, prompt: 'a ', texts: { '0.2': 'c' } },
  ]);
  expect(temperaturesOf(steps)).toEqual(['0.2', '1.2']);
});

it('a repeated step has its newest texts', () => {
  const again = textsByStep([sample(5, 0.5, 'old'), sample(5, 1, 'old'), sample(5, 0.5, 'new', 'other ')]);
  expect(again).toEqual([{ step: 5, prompt: 'other ', texts: { '0.5': 'new' } }]);
});

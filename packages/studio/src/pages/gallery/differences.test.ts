import { expect, it } from 'vitest';
import { differences } from './differences.ts';

const schema = {
  properties: {
    octaves: { type: 'integer', default: 3 },
    size: { type: 'integer' },
    layers: { type: 'array' },
    saveOctaves: { type: 'boolean', recorded: false },
    octave: { hidden: true },
  },
};

it('names the options in which two pictures differ, defaults filled in', () => {
  const one = { octaves: 5, layers: [{ layer: 'a' }], saveOctaves: true, octave: 1 };
  expect(differences(schema, one, { size: 200, layers: [{ layer: 'a' }] })).toEqual([
    { option: 'octaves', one: 5, other: 3 },
    { option: 'size', one: undefined, other: 200 },
  ]);
  expect(differences(schema, { octaves: 3 }, {})).toEqual([]);
});

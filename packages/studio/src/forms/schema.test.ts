import { expect, it } from 'vitest';
import { fittingOptions, shownProperties, withOption } from './schema.ts';

const schema = {
  properties: {
    octaves: { type: 'integer', default: 3 },
    size: { type: 'integer' },
    octave: { hidden: true },
  },
};

it('takes from a recipe what the form shows, except defaults', () => {
  expect(fittingOptions(schema, { octaves: 3, size: 200, octave: 1, other: true })).toEqual({ size: 200 });
  expect(fittingOptions(schema, { octaves: 4, size: null })).toEqual({ octaves: 4 });
  expect(shownProperties(schema).map(([name]) => name)).toEqual(['octaves', 'size']);
});

it('leaves out an option that is back at its default', () => {
  const changed = withOption({}, 'octaves', 5, { default: 3 });
  expect(changed).toEqual({ octaves: 5 });
  expect(withOption(changed, 'octaves', 3, { default: 3 })).toEqual({});
});

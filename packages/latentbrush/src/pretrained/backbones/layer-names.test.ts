import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { quotedName, splitNames } from './layer-names.ts';

it('a list of names is separated by commas; names in double quotes can contain commas', () => {
  expect(splitNames('block1_conv1, block2_conv1 ')).toEqual(['block1_conv1', 'block2_conv1']);
  expect(splitNames('"a,b",c')).toEqual(['a,b', 'c']);
  expect(splitNames('"say ""x""" , y=1')).toEqual(['say "x"', 'y=1']);
});

it('empty names stay in the list, so that the caller can refuse them', () => {
  expect(splitNames('')).toEqual(['']);
  expect(splitNames('a,')).toEqual(['a', '']);
  expect(splitNames(',a')).toEqual(['', 'a']);
});

it('any name is the same after quoting and parsing', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }), (names) => {
      expect(splitNames(names.map(quotedName).join(','))).toEqual(names);
    }),
  );
});

import { InputError } from '@latentbrush/engine';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BOOK_CONTRIBUTIONS, formatContributions, nameOf, parseContributions } from './contributions.ts';

describe('contributions as they are written on the command line', () => {
  it('are layers or channels with coefficients', () => {
    expect(parseContributions('mixed3=3,mixed4:123=1, mixed5=0.5,mixed2=-2e-1')).toEqual([
      { layer: 'mixed3', coefficient: 3 },
      { layer: 'mixed4', channel: 123, wholeNameFirst: true, coefficient: 1 },
      { layer: 'mixed5', coefficient: 0.5 },
      { layer: 'mixed2', coefficient: -0.2 },
    ]);
  });

  it('have the coefficient 1 when none is given', () => {
    expect(parseContributions('mixed3,mixed4:7')).toEqual([
      { layer: 'mixed3', coefficient: 1 },
      { layer: 'mixed4', channel: 7, wholeNameFirst: true, coefficient: 1 },
    ]);
  });

  it('are read as they were written', () => {
    const contribution = fc.record(
      {
        layer: fc.oneof(
          fc.stringMatching(/^[A-Za-z/_.][\w/.-]*$/),
          fc.stringMatching(/^[\w,=": -]+$/), // for any layer names in a file
        ),
        channel: fc.nat(),
        coefficient: fc
          .double({ noNaN: true, noDefaultInfinity: true })
          .filter((value) => !Object.is(value, -0)),
      },
      { requiredKeys: ['layer', 'coefficient'] },
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(contribution, { minLength: 1, maxLength: 9, selector: nameOf }),
        (contributions) => {
          expect(parseContributions(formatContributions(contributions))).toEqual(contributions);
        },
      ),
    );
  });

  it('are read as they were written without quotes, if a layer of the whole name takes precedence', () => {
    const text = 'mixed4:123=2,model/Relu:0:5=-1';
    expect(formatContributions(parseContributions(text))).toBe(text);
  });

  it('in quotes have the exact name: a channel, or a layer whose name ends like one, or both in one list', () => {
    const both = [
      { layer: 'x', channel: 0, coefficient: 2 },
      { layer: 'x:0', coefficient: 3 },
    ];
    expect(parseContributions('"x":0=2,"x:0"=3')).toEqual(both);
    expect(formatContributions(both)).toBe('"x":0=2,"x:0"=3');
  });

  it('with names of TensorFlow keep their channel: the last number after a colon', () => {
    expect(parseContributions('model/Relu:0:5=2')).toEqual([
      { layer: 'model/Relu:0', channel: 5, wholeNameFirst: true, coefficient: 2 },
    ]);
    expect(nameOf({ layer: 'model/Relu:0', channel: 5 })).toBe('model/Relu:0:5');
  });

  it('in double quotes can hold commas, equals signs and spaces; a double quote is doubled', () => {
    expect(parseContributions('"a, b=c":5=2, "say ""x""" ,"model/Relu:0"=3,mixed4')).toEqual([
      { layer: 'a, b=c', channel: 5, coefficient: 2 },
      { layer: 'say "x"', coefficient: 1 },
      { layer: 'model/Relu:0', coefficient: 3 },
      { layer: 'mixed4', coefficient: 1 },
    ]);
  });

  it.each([
    '',
    '"a=1',
    '"a"b=1',
    '""=1',
    'mixed3,',
    'mixed3=',
    'mixed3=much',
    'mixed3=1=2',
    '=3',
    'mixed3 mixed4',
    'mixed3=NaN',
    'mixed3=Infinity',
    'mixed3=1e999',
  ])('"%s" is refused in one line that says how to write them', (text) => {
    expect(() => parseContributions(text)).toThrow(InputError);
    expect(() => parseContributions(text)).toThrow(
      /^option layers: ".*" cannot be read; write layer=coefficient or layer:channel=coefficient, such as mixed3=3,mixed4:123=1; put a name with a comma, an equals sign or a space in double quotes$/,
    );
  });

  it.each([
    ['mixed4=1,mixed4=2', 'mixed4'],
    ['mixed4:3,mixed5,mixed4:3=2', 'mixed4:3'],
    ['"x":0,x,"x":0=2', 'x:0'],
  ])('"%s" is refused: %s is given twice', (text, name) => {
    expect(() => parseContributions(text)).toThrow(InputError);
    expect(() => parseContributions(text)).toThrow(
      `option layers: ${name} is given twice; give each layer, or channel of it, once`,
    );
  });

  it('can name a layer and its channels', () => {
    expect(parseContributions('mixed4,mixed4:3,mixed4:4')).toHaveLength(3);
  });

  it('of a channel below 0 are refused: channels count from 0', () => {
    expect(() => parseContributions('mixed3=1,mixed4:-1=1')).toThrow(InputError);
    expect(() => parseContributions('mixed3=1,mixed4:-1=1')).toThrow(
      'option layers: "mixed4:-1=1" asks for channel -1; channels count from 0, such as mixed4:0=1',
    );
  });

  it('of the book have the values of its dictionary', () => {
    expect(formatContributions(BOOK_CONTRIBUTIONS)).toBe('mixed2=0.2,mixed3=3,mixed4=2,mixed5=1.5');
  });
});

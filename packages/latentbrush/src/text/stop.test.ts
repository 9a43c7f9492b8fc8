import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StopText } from './stop.ts';

function written(pieces: readonly string[], stop: string | undefined): { parts: string[]; found: boolean } {
  const end = new StopText(stop);
  const parts = pieces.map((piece) => end.add(piece));
  return { parts: [...parts, end.rest()], found: end.found };
}

describe('a text in chunks', () => {
  it('is cut before the stop, also when the stop spans chunks', () => {
    expect(written(['one\n', 'two\n', '\nthree'], '\n\n')).toEqual({
      parts: ['one', '\ntwo', '', ''],
      found: true,
    });
    expect(written(['aab', 'aac'], 'aaa')).toEqual({ parts: ['aab', 'aac', ''], found: false });
  });

  it('is complete without a stop', () => {
    expect(written(['a', 'b'], undefined)).toEqual({ parts: ['a', 'b', ''], found: false });
  });

  it('is the same for any chunks', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b') });
    fc.assert(
      fc.property(fc.array(letters), letters, (pieces, stop) => {
        const { parts, found } = written(pieces, stop);
        const text = pieces.join('');
        const place = stop === '' ? -1 : text.indexOf(stop);
        expect(found).toBe(place >= 0);
        expect(parts.join('')).toBe(place >= 0 ? text.slice(0, place) : text);
      }),
    );
  });
});

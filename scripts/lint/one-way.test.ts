import { describe, expect, it } from 'vitest';
import { oneWay } from './one-way.mjs';

/** Whether the zones forbid a file below `importer` to import from `imported`. */
const forbidden = (importer: string, imported: string) =>
  oneWay('src', ['image', ['text', 'dream'], 'cli']).some(
    ({ target, from }) => target === `./src/${importer}` && from.includes(`./src/${imported}`),
  );

describe('oneWay', () => {
  it('forbids a lower room to import a higher one', () => {
    expect(forbidden('image', 'text')).toBe(true);
    expect(forbidden('image', 'cli')).toBe(true);
    expect(forbidden('dream', 'cli')).toBe(true);
  });

  it('lets a higher room import a lower one', () => {
    expect(forbidden('text', 'image')).toBe(false);
    expect(forbidden('cli', 'dream')).toBe(false);
  });

  it('forbids rooms that stand side by side to import one another', () => {
    expect(forbidden('text', 'dream')).toBe(true);
    expect(forbidden('dream', 'text')).toBe(true);
    expect(forbidden('text', 'text')).toBe(false);
  });
});

import { expect, it, vi } from 'vitest';
import { chosenEntries } from './chosen-entries.mjs';

const SCENES = { start: 1, gallery: 2, live: 3 };

it('gives the named entries in the order of the table, or all', () => {
  expect(chosenEntries(SCENES, ['live', 'start'], 'scenes')).toEqual([
    ['start', 1],
    ['live', 3],
  ]);
  expect(chosenEntries(SCENES, [], 'scenes')).toEqual(Object.entries(SCENES));
});

it.each(['galery', 'toString'])('refuses the unknown name %s in one line, with status 2', (name) => {
  const said = vi.spyOn(console, 'error').mockReturnValue();
  vi.spyOn(process, 'exit').mockImplementation((status) => {
    throw new Error(`exit ${status}`);
  });
  expect(() => chosenEntries(SCENES, ['start', name], 'scenes')).toThrow('exit 2');
  expect(said.mock.calls).toEqual([[`${name} is not one of the scenes start, gallery, live`]]);
});

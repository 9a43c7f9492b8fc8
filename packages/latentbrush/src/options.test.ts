import { expect, it } from 'vitest';
import { withChanges } from './options.ts';

it('changed options keep what is not named, and what is changed to undefined', () => {
  const options: { epochs: number; steps?: number | undefined; name: string } = {
    epochs: 3,
    steps: 7,
    name: 'a',
  };
  expect(withChanges(options, { epochs: 5, steps: undefined })).toEqual({ epochs: 5, steps: 7, name: 'a' });
  expect(options.epochs).toBe(3);
});

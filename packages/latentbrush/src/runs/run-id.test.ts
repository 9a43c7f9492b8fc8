import { expect, it } from 'vitest';
import { RUN_ID, runId } from './run-id.ts';

it('the id of a run depends on everything that determines its results, not on the order of properties', () => {
  const id = runId({ system: 'vae', options: { size: 32, beta: [1, 2] }, seed: 1 });
  expect(id).toMatch(RUN_ID);
  expect(runId({ seed: 1, options: { beta: [1, 2], size: 32 }, system: 'vae' })).toBe(id);
  expect(runId({ system: 'vae', options: { size: 32, beta: [2, 1] }, seed: 1 })).not.toBe(id);
  expect(runId({ system: 'vae', options: { size: 32, beta: [1, 2] }, seed: 2 })).not.toBe(id);
});

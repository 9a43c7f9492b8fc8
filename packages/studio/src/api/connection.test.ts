import { afterEach, expect, it, vi } from 'vitest';
import { answered } from './connection.ts';

afterEach(() => void vi.unstubAllGlobals());

it.each([
  [200, 'open'],
  [401, 'restarted'],
  [403, 'restarted'],
  [404, 'lost'],
  [429, 'lost'],
  [500, 'lost'],
  [502, 'lost'],
])('an answer with status %i means: %s', async (status, state) => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status })));
  expect(await answered()).toBe(state);
});

it('no answer means: lost', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
  expect(await answered()).toBe('lost');
});

import { expect, it } from 'vitest';
import * as latentbrush from './index.ts';
import { renamed, withdrawn } from './renamed.ts';

const OLD: readonly (readonly [object, string, string])[] = [
  [latentbrush.latent, 'wayThrough', 'pathThrough'],
  [latentbrush.style, 'trainFast', 'train'],
  [latentbrush.style, 'resumeFast', 'resume'],
];

it.each(OLD)('old name %#: it is still exported beside the new one', (room, old, now) => {
  const names = new Map<string, unknown>(Object.entries(room));
  expect(names.get(now)).toBeTypeOf('function');
  expect(names.get(old)).toBeTypeOf('function');
});

const WITHDRAWN: readonly (readonly [object, string])[] = [
  [latentbrush.gan, 'checkJudged'],
  [latentbrush.gan, 'checkScored'],
  [latentbrush.latent, 'checkEnough'],
  [latentbrush.style, 'checkMemory'],
];

it.each(WITHDRAWN)('to be withdrawn %#: it is still exported', (room, name) => {
  expect(new Map<string, unknown>(Object.entries(room)).get(name)).toBeTypeOf('function');
});

it('a function under its old name, or withdrawn, works, and Node warns once', async () => {
  const warnings: Error[] = [];
  const keep = (warning: Error): void => void warnings.push(warning);
  process.on('warning', keep);
  const half = renamed((value: number) => value / 2, { old: 'latent.halved', now: 'latent.half' });
  const third = withdrawn((value: number) => value / 3, 'latent.third');
  expect([half(4), half(6), third(9)]).toEqual([2, 3, 3]);
  await new Promise(setImmediate);
  process.off('warning', keep);
  expect(warnings.map(({ name, message }) => `${name}: ${message}`)).toEqual([
    'DeprecationWarning: latent.halved is now latent.half; the next version removes the old name',
    'DeprecationWarning: latent.third is for the library itself; the next version does not export it',
  ]);
});

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPicture } from '../../image/index.ts';
import { call } from '../testing/call.ts';
import { folderOfPictures, pattern } from '../testing/pictures.ts';
import { refusal } from '../testing/refusal.ts';
import { dream, folderWithPhoto, quick } from './dream/testing/dreams.ts';
import { folderWithRuns } from './latent/testing/runs.ts';

const linesOf = (stdout: string): unknown[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

it('--vary writes one sheet and, with --json, the values of each cell; remake makes it again', async () => {
  const folder = await folderWithPhoto();
  const layers = ['--vary', 'layers=conv2d_5=1;conv2d_4=1,conv2d_5=2'];
  const made = await dream(
    ['photo.png', ...quick.slice(2), ...layers, '--vary', 'max-loss=5,20', '--json'],
    folder,
  );
  const [one, other] = [{ layer: 'conv2d_5' }, { layer: 'conv2d_4' }];
  expect(linesOf(made.stdout)).toMatchObject([
    { type: 'cell', index: 1, total: 4, options: { layers: [{ ...one, coefficient: 1 }], maxLoss: 5 } },
    { options: { layers: [other, { ...one, coefficient: 2 }], maxLoss: 5 } },
    { options: { maxLoss: 20 } },
    { options: { maxLoss: 20 } },
    { type: 'done', path: 'photo-variations.png' },
  ]);
  expect((await readPicture(join(folder, 'photo-variations.png'))).width).toBeGreaterThan(220);
  const again = await call(['remake', 'photo-variations.png', '--json'], folder);
  expect(again.code).toBe(0);
  expect(linesOf(again.stdout).at(-1)).toEqual({ type: 'compared', difference: 0 });
});

it('--vary works for paintings and for runs, and remake makes both sheets again', async () => {
  const folder = await folderOfPictures({ 'a.png': pattern(64, 48), 'b.png': pattern(48, 48) });
  const painted = [
    'style',
    'a.png',
    'b.png',
    '--backbone',
    'embedded',
    '--rounds',
    '1',
    '--evaluations',
    '2',
  ];
  const sheet = await call(
    [...painted, '--height', '48', '--vary', 'contentWeight=0.1,1', '--quiet'],
    folder,
  );
  expect(sheet).toEqual({ code: 0, stdout: 'a-b-variations.png\n', stderr: '' });
  const runs = await folderWithRuns(['gan']);
  const sampled = ['gan', 'sample', 'runs/gan', '--vary', 'truncation=0.5,1,2', '--count', '2', '--json'];
  expect(linesOf((await call(sampled, runs)).stdout)).toMatchObject([
    { options: { truncation: 0.5 } },
    { options: { truncation: 1 } },
    { options: { truncation: 2 } },
    { type: 'done', path: 'samples.png' },
  ]);
  for (const [file, place] of [
    ['a-b-variations.png', folder],
    ['samples.png', runs],
  ] as const) {
    const again = await call(['remake', file, '--json'], place);
    expect(linesOf(again.stdout).at(-1)).toEqual({ type: 'compared', difference: 0 });
  }
  await rm(runs, { recursive: true });
}, 120_000);

it.each([
  [['octaves=1,99'], '--octaves: 99 was given; it must be a whole number between 1 and 20'],
  [['octaves=1,many'], '--octaves: "many" is not a number'],
  [['decorrelate=true,maybe'], '--decorrelate: "maybe" was given; it must be true or false'],
  [['octaves'], '--vary: "octaves" was given; write option=values, such as octaves=1,3,5'],
  [['octavs=1'], '--vary: "octavs" is no option that can be varied here; choose layers, objective, octaves,'],
  [['seed=1', 'octaves=1', 'step=1'], '--vary: 3 options were given; a sheet has space for two'],
])('--vary %j is refused in a line', async (given, message) => {
  const flags = given.flatMap((text) => ['--vary', text]);
  expect(await refusal(['dream', 'photo.png', ...flags], await folderWithPhoto())).toContain(
    `error: ${message}`,
  );
});

it('--vary is refused where it would vary an animation', async () => {
  const folder = await folderWithPhoto();
  const zoom = ['dream', 'photo.png', '--zoom', '1.1', '--vary', 'seed=1,2'];
  expect(await refusal(zoom, folder)).toContain('--vary: works with one picture, not with a zoom');
});

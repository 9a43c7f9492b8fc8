import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRun } from '../../runs/index.ts';
import { call } from '../testing/call.ts';
import { folderOfPictures, pattern } from '../testing/pictures.ts';
import { refusal } from '../testing/refusal.ts';

const pictures = Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`pics/${n}.png`, pattern(16, 16, n)]));
const tiny = ['--channels', '1', '--threads', '1', '--samples', '1', '--batch-size', '2'];
const fast = [
  '--size',
  '64',
  '--style-size',
  '64',
  '--style-layers',
  'conv2d_1',
  '--content-layer',
  'conv2d_2',
  '--filters',
  '4',
  '--residual-blocks',
  '1',
  '--threads',
  '1',
  '--batch-size',
  '1',
];

/**
 * For each system: its training on moved data, the steps, the further steps, and the place of the path in run.json.
 */
const systems = {
  text: {
    data: 'rhyme.txt',
    train: [
      'text',
      'train',
      'rhyme.txt',
      '--units',
      '4',
      '--window',
      '8',
      '--batch-size',
      '4',
      '--threads',
      '1',
    ],
    length: '--max-steps',
    given: ['text', 'train', 'moved data'],
    hint: "latentbrush text train CORPUS --resume 'my run'",
    place: 'corpus',
  },
  vae: {
    data: 'pics',
    train: ['vae', 'train', 'pics', '--size', '8', ...tiny, '--filters', '4'],
    length: '--max-steps',
    given: ['vae', 'train', 'moved data'],
    hint: "latentbrush vae train DATASET --resume 'my run'",
    place: 'dataset',
  },
  gan: {
    data: 'pics',
    train: ['gan', 'train', 'pics', '--preset', 'dcgan', '--size', '16', ...tiny, '--filters', '4'],
    length: '--iterations',
    given: ['gan', 'train', 'moved data'],
    hint: "latentbrush gan train DATASET --resume 'my run'",
    place: 'dataset',
  },
  style: {
    data: 'pics',
    train: ['style', 'train', 'wave.png', '--content-dir', 'pics', '--backbone', 'embedded', ...fast],
    length: '--iterations',
    given: ['style', 'train', '--content-dir', 'moved data'],
    hint: "latentbrush style train --content-dir FOLDER --resume 'my run'",
    place: 'contentDir',
  },
} as const;

describe('a training whose data were moved', { timeout: 60_000 }, () => {
  it.each(Object.entries(systems))(
    '%s says how to continue, continues, and remembers the new place',
    async (_, system) => {
      const { data, train, length, given, hint, place } = system;
      const folder = await folderOfPictures({ ...pictures, 'wave.png': pattern(40, 40) });
      await writeFile(
        join(folder, 'rhyme.txt'),
        'the fox sat on the box and the hen sat in the pen\n'.repeat(9),
      );
      const first = await call([...train, '--run', 'my run', length, '1', '--quiet'], folder);
      expect(first, first.stderr).toMatchObject({ code: 0 });
      await rename(join(folder, data), join(folder, 'moved data'));
      const resume = ['--resume', 'my run', length, '2', '--quiet'];

      const refused = await refusal([...train.slice(0, 2), ...resume], folder);
      expect(refused).toContain(`${join(folder, data)}: the data of my run were not found`);
      expect(refused).toContain(`${hint} continues with them and records the place`);

      const before = await openRun(join(folder, 'my run'));
      expect(await call([...given, ...resume], folder)).toMatchObject({ code: 0 });
      const after = await openRun(join(folder, 'my run'));
      expect(JSON.stringify(after.extra[place])).toContain(join(folder, 'moved data'));
      expect({ ...after, extra: undefined }).toEqual({ ...before, extra: undefined });
      const again = await call([...train.slice(0, 2), '--resume', 'my run', length, '3', '--quiet'], folder);
      expect(again, again.stderr).toMatchObject({ code: 0 });
    },
  );

  it('refuses other data, and then remembers nothing', async () => {
    const { train, length } = systems.vae;
    const folder = await folderOfPictures({
      ...pictures,
      'others/1.png': pattern(16, 16, 7),
      'others/2.png': pattern(16, 16, 8),
    });
    await call([...train, '--run', 'r', length, '1', '--quiet'], folder);
    const description = await readFile(join(folder, 'r', 'run.json'), 'utf8');
    await rm(join(folder, 'pics'), { recursive: true });
    const refused = await refusal(
      ['vae', 'train', 'others', '--resume', 'r', length, '2', '--quiet'],
      folder,
    );
    expect(refused).toMatch(/others: these are not the pictures this run was trained on/);
    expect(await readFile(join(folder, 'r', 'run.json'), 'utf8')).toBe(description);
  });
});

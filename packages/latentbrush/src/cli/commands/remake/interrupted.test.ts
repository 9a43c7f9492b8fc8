import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRecipe } from '../../../image/index.ts';
import { call } from '../../testing/call.ts';
import { folderOfPictures, pattern } from '../../testing/pictures.ts';
import type { Finished } from '../../testing/program.ts';

const layers = ['--layers', 'conv2d_5=1', '--threads', '1'];

/** Runs a command, and presses Ctrl-C when this text appears on standard output. */
async function interrupted(args: readonly string[], folder: string, after: string): Promise<void> {
  const { code } = await call([...args, '--json'], folder, { interruptAfter: after });
  expect(code).toBe(130);
}

async function remade(file: string, folder: string): Promise<Finished> {
  const finished = await call(['remake', file], folder);
  expect(finished).toMatchObject({ code: 0 });
  return finished;
}

const placeOf = async (folder: string, file: string): Promise<unknown> =>
  (await readRecipe(join(folder, file)))?.options.stoppedAt;

describe(
  'remake of an interrupted result stops at the same place and says where',
  { timeout: 90_000 },
  () => {
    it('a dream, in an octave that is not the last', async () => {
      const folder = await folderOfPictures({ 'photo.png': pattern(120, 110) });
      const args = [
        'dream',
        'photo.png',
        ...layers,
        '--iterations',
        '5',
        '--jitter',
        '9',
        '--max-loss',
        '1e9',
      ];
      await interrupted([...args, '-o', 'out.png'], folder, '"octave":2,"iteration":3');
      expect(await placeOf(folder, 'out.png')).toEqual({ octave: 2, iteration: 3 });
      const { stderr } = await remade('out.png', folder);
      expect(stderr).toMatch(
        /^the original was interrupted at octave 2, iteration 3; this one stops there, too$/m,
      );
      expect(stderr).toMatch(/^the same picture, pixel by pixel$/m);
      expect(await placeOf(folder, 'out-again.png')).toEqual({ octave: 2, iteration: 3 });
    });

    it('a painting, and the picture of its last round', async () => {
      const folder = await folderOfPictures({
        'photo.png': pattern(150, 140),
        'wave.png': pattern(90, 110, 3),
      });
      const seen = ['--backbone', 'embedded', '--style-layers', 'conv2d_1', '--content-layer', 'conv2d_2'];
      const size = ['--height', '130', '--pyramid', '2', '--threads', '1'];
      const args = [
        'style',
        'photo.png',
        'wave.png',
        ...seen,
        ...size,
        '--rounds',
        '4',
        '--evaluations',
        '5',
      ];
      await interrupted([...args, '-o', 'out.png'], folder, '"evaluation":7');
      expect(await placeOf(folder, 'out.png')).toEqual({ round: 2, evaluation: 7 });
      const { stderr } = await remade('out.png', folder);
      expect(stderr).toMatch(
        /^the original was interrupted at round 2, evaluation 7; this one stops there, too$/m,
      );
      expect(stderr).toMatch(/^the same picture, pixel by pixel$/m);
      const round = await remade(join('out-rounds', 'round-02.png'), folder);
      expect(round.stderr).toMatch(/^the same picture, pixel by pixel$/m);
    });

    it('an animation and an exploration', async () => {
      const folder = await folderOfPictures({ 'photo.png': pattern(100, 90) });
      const few = ['--octaves', '1', '--iterations', '1', '--threads', '1'];
      const animation = ['dream', 'photo.png', ...layers, ...few, '--zoom', '1.1', '--frames', '99'];
      await interrupted([...animation, '-o', 'film.gif'], folder, '"frame":2');
      const { frame } = (await placeOf(folder, 'film.gif')) as { frame: number };
      const again = await remade('film.gif', folder);
      expect(again.stderr).toMatch(
        new RegExp(`^the original was interrupted at frame ${frame}; this one stops there`, 'm'),
      );
      expect(again.stderr).toMatch(/^the same animation, byte by byte$/m);

      const sheet = ['dream', 'photo.png', ...few, '--explore', '99', '-o', 'sheet.png'];
      await interrupted(sheet, folder, '"index":2');
      expect(await placeOf(folder, 'sheet.png')).toEqual({ mix: 2 });
      expect((await remade('sheet.png', folder)).stderr).toMatch(/^the same picture, pixel by pixel$/m);
    });
  },
);

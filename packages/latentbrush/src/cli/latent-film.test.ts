import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, expect, it } from 'vitest';
import type { Picture } from '../image/index.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { animated } from './latent-film.ts';
import { Output } from './output.ts';
import { pattern } from './testing/pictures.ts';

const { exitCode } = process;
afterEach(() => {
  process.exitCode = exitCode;
});

/** A film of six pictures that is interrupted after some of them. */
async function interruptedAfter(count: number, path: string): Promise<void> {
  const controller = new AbortController();
  async function* pictures(): AsyncGenerator<Picture> {
    for (let made = 0; made < 6; made++) {
      if (made === count) controller.abort();
      yield await Promise.resolve(pattern(8, 8, made + 1));
    }
  }
  const film = { pictures: pictures(), total: 6, back: true, scale: 1, framesPerSecond: 10 };
  const output = new Output({ json: true });
  output.event = () => undefined;
  await animated(path, film, { output, signal: controller.signal });
}

it('a film that is interrupted ends with the pictures it has, and does not go back', async () => {
  const path = join(await temporaryFolder(), 'film.gif');
  await interruptedAfter(4, path);
  expect((await sharp(path).metadata()).pages).toBe(4);
  expect(process.exitCode).toBe(130);
});

it('a film that is interrupted before its first picture leaves nothing', async () => {
  const folder = await temporaryFolder();
  await expect(interruptedAfter(0, join(folder, 'film.gif'))).rejects.toThrow('aborted');
  expect(await readdir(folder)).toEqual([]);
});

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { pattern } from '../../cli/testing/pictures.ts';
import { readRecipe, recipe, type Picture } from '../../image/index.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { JobEvent } from '../job.ts';
import { JobReport } from '../report.ts';
import { writeLatentAnimation } from './animation.ts';

/** The events of an animation of six pictures that is interrupted after some of them, or is to end there. */
async function interruptedAfter(count: number, path: string, until?: number): Promise<JobEvent[]> {
  const controller = new AbortController();
  async function* pictures(): AsyncGenerator<Picture> {
    for (let made = 0; made < 6; made++) {
      if (made === count) controller.abort();
      yield await Promise.resolve(pattern(8, 8, made + 1));
    }
  }
  const made = recipe({ system: 'vae', job: 'vae.bend', seed: 1, options: {}, inputs: [] });
  const animation = { pictures: pictures(), total: 6, back: true, scale: 1, framesPerSecond: 10, until };
  const report = new JobReport();
  const preview = (): Promise<void> => Promise.resolve();
  const work = writeLatentAnimation(
    path,
    { ...animation, recipe: made },
    { report, signal: controller.signal, preview },
  );
  const events: JobEvent[] = [];
  for await (const event of report.events(work)) events.push(event);
  return events;
}

it('an interrupted animation keeps its frames, does not go back, and says where it stopped', async () => {
  const path = join(await temporaryFolder(), 'film.gif');
  const events = await interruptedAfter(4, path);
  expect(events.at(-1)).toMatchObject({ type: 'done', reason: 'aborted', reached: '4 of 6 frames' });
  expect((await sharp(path).metadata()).pages).toBe(4);
  expect((await readRecipe(path))?.options.stoppedAt).toEqual({ frame: 4 });
});

it('remake of an interrupted animation stops where it stopped', async () => {
  const path = join(await temporaryFolder(), 'film.gif');
  const events = await interruptedAfter(9, path, 4);
  expect(events.at(-1)).toMatchObject({ type: 'done', reason: 'finished' });
  expect((await sharp(path).metadata()).pages).toBe(4);
  expect((await readRecipe(path))?.options.stoppedAt).toEqual({ frame: 4 });
});

it('an animation that is interrupted before its first frame leaves no file', async () => {
  const folder = await temporaryFolder();
  await expect(interruptedAfter(0, join(folder, 'film.gif'))).rejects.toThrow('aborted');
  expect(await readdir(folder)).toEqual([]);
});

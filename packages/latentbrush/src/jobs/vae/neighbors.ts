import { z } from 'zod';
import { nearestPictures, pictureAt } from '../../data/index.ts';
import { montage } from '../../image/index.ts';
import { option, words } from '../../words.ts';
import { defineJob } from '../job.ts';
import { withRun } from '../latent/open-run.ts';
import { runInputs, runOptions } from '../latent/options.ts';
import { pointsInput, pointsOf, pointsOption } from '../latent/points.ts';
import { collected, writeSheet } from '../latent/sheet.ts';
import { vaeSystem } from '../latent/vae-system.ts';
import { varyOption } from '../vary.ts';

const NAME = 'vae.neighbors';

/** Shows generated pictures beside the most similar training pictures. */
export const vaeNeighborsJob = defineJob({
  name: NAME,
  about: 'Show generated pictures, each with the most similar training pictures, to see whether it is new.',
  inputs: z.strictObject({ ...runInputs, files: pointsInput }),
  options: z.strictObject({
    ...varyOption,
    ...runOptions,
    points: pointsOption.default([]).describe('the points (default: random ones)'),
    count: z.int().min(1).default(8).describe('number of random points'),
    neighbors: z.int().min(1).default(7).describe('pictures beside each point'),
  }),
  async work({ output, ...request }, work) {
    const { points: given, count, neighbors } = request.options;
    const { files = [] } = request.inputs;
    await withRun(vaeSystem, request, work, async (run) => {
      const { model, random, look } = run;
      run.checkCount(given.length > 0 ? given.length : count, words`${option('count')}`);
      await writeSheet(output, work, async () => {
        const points = given.length > 0 ? await pointsOf(request, run) : model.draw(random, count);
        run.checkCount(points.length, words`${option('points')}`);
        const made = await collected(model.decode(points), work.signal);
        const dataset = await run.dataset();
        const tiles = made.flatMap((picture) => [
          picture,
          ...nearestPictures(dataset, picture, neighbors).map(({ index }) => pictureAt(dataset, index)),
        ]);
        return {
          picture: montage(tiles, { columns: neighbors + 1, gap: 2, scale: look.scale }),
          recipe: await run.recipe(NAME, request.options, { files }),
        };
      });
    });
  },
});

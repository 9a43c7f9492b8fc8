import { z } from 'zod';
import { withRecipeOptions } from '../../image/index.ts';
import { option, OptionError, words } from '../../words.ts';
import { defineJob } from '../job.ts';
import { checkTargetFolder } from '../target-file.ts';
import { ganSystem } from './gan-system.ts';
import { withRun } from './open-run.ts';
import { runInputs } from './options.ts';
import { isFolderTarget, writePictureFolder } from './picture-folder.ts';
import { pointOfSeed } from './points.ts';
import { seedsOf } from './seeds.ts';
import { collected, sheetOf, squareColumns, writeSheet } from './sheet.ts';
import type { LatentModel, LatentSystem } from './latent-system.ts';
import { vaeSystem } from './vae-system.ts';
import { varyOption } from '../vary.ts';

const COUNT = 64;

function sampleJob<Model extends LatentModel>(system: LatentSystem<Model>) {
  const name = `${system.name}.sample`;
  return defineJob({
    name,
    about:
      'Draw random points of the latent space and show their pictures: on a sheet, or each in its own file.',
    inputs: z.strictObject(runInputs),
    options: z.strictObject({
      ...varyOption,
      ...system.options,
      count: z.int().min(1).optional().describe(`number of pictures (default: ${COUNT})`),
      seeds: z
        .string()
        .optional()
        .describe('seeds of the points, such as 10-200,7, instead of a number of points'),
      alone: z
        .boolean()
        .default(false)
        .meta({ hidden: true })
        .describe('write one picture at its own size instead of a sheet'),
    }),
    cellDefaults: ({ seeds }) => (seeds === undefined ? { count: 16 } : {}),
    async work({ output: target, ...request }, work) {
      const { count, seeds: given, seed, alone } = request.options;
      if (given !== undefined && count !== undefined)
        throw new OptionError(
          words`${option('seeds')} and ${option('count')} were given; choose one: each seed is one picture`,
        );
      const seeds = given === undefined ? undefined : seedsOf(given);
      if (alone && seeds?.length !== 1)
        throw new OptionError(words`${option('seeds')}: give one seed for one picture`);
      const folder = !alone && (await isFolderTarget(target));
      if (folder) await checkTargetFolder(target);
      await withRun(system, request, work, async (run) => {
        const recipe = await run.recipe(name, { ...request.options });
        if (folder) {
          const all = seeds ?? Array.from({ length: count ?? COUNT }, (_, i) => seed + i);
          const singles = all.map((of) => ({
            name: `seed-${of}`,
            figures: { seed: of },
            point: () => pointOfSeed(of, run),
            recipe: () =>
              withRecipeOptions(
                { ...recipe, seed: of },
                { count: undefined, seeds: String(of), alone: true },
              ),
          }));
          return writePictureFolder(target, singles, run);
        }
        const total = seeds?.length ?? count ?? COUNT;
        run.checkCount(total, words`${option(seeds === undefined ? 'count' : 'seeds')}`);
        await writeSheet(target, work, async () => {
          const points =
            seeds === undefined
              ? run.model.draw(run.random, total)
              : seeds.map((each) => pointOfSeed(each, run));
          const made = seeds === undefined ? run.model.decodeApart(points) : run.model.decode(points);
          if (alone) return { picture: (await collected(made, work.signal))[0]!, figures: { seed }, recipe };
          return {
            picture: await sheetOf(made, squareColumns(total), run.look, work),
            figures: {
              ...(seeds === undefined ? { seed } : { seeds: given }),
              count: total,
              points: points.map((point) => [...point]),
            },
            recipe,
          };
        });
      });
    },
  });
}

/** The job that draws random points and shows their pictures, for each system. */
export const sampleJobs = { vae: sampleJob(vaeSystem), gan: sampleJob(ganSystem) };

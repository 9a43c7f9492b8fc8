import { join, extname } from 'node:path';
import { z } from 'zod';
import { counted } from '../../counted.ts';
import { withRecipeOptions, writePicture, type Picture } from '../../image/index.ts';
import { option, OptionError, words } from '../../words.ts';
import { willWrite } from '../files-in-use.ts';
import { defineJob } from '../job.ts';
import { checkTargetFolder, isFolder, makeTargetFolder } from '../target-file.ts';
import { ganSystem } from './gan-system.ts';
import { withRun, type OpenedRun } from './open-run.ts';
import { runInputs } from './options.ts';
import { pointOfSeed } from './points.ts';
import { seedsOf } from './seeds.ts';
import { collected, sheetOf, squareColumns, writeSheet } from './sheet.ts';
import type { LatentModel, LatentSystem } from './latent-system.ts';
import { vaeSystem } from './vae-system.ts';

const COUNT = 64;

function sampleJob<Model extends LatentModel>(system: LatentSystem<Model>) {
  const name = `${system.name}.sample`;
  return defineJob({
    name,
    about: 'Draw random points of the latent space and show their pictures: on a sheet, or each in a file.',
    inputs: z.strictObject(runInputs),
    options: z.strictObject({
      ...system.options,
      count: z.int().min(1).optional().describe(`how many (default: ${COUNT})`),
      seeds: z
        .string()
        .optional()
        .describe('the points that these seeds draw, as 10-200,7, in place of a number of points'),
      alone: z
        .boolean()
        .default(false)
        .meta({ hidden: true })
        .describe('one picture of its own size in place of a sheet'),
    }),
    async work({ output: target, ...request }, work) {
      const { count, seeds: given, seed, alone } = request.options;
      if (given !== undefined && count !== undefined)
        throw new OptionError(
          words`${option('seeds')} and ${option('count')} were given; choose one: each seed is one picture`,
        );
      const seeds = given === undefined ? undefined : seedsOf(given);
      if (alone && seeds?.length !== 1)
        throw new OptionError(words`${option('seeds')}: one is needed for one picture`);
      const folder = !alone && (await isFolderTarget(target));
      if (folder) await checkTargetFolder(target);
      await withRun(system, request, work, async (run) => {
        const recipe = await run.recipe(name, { ...request.options });
        if (folder) {
          const all = seeds ?? Array.from({ length: count ?? COUNT }, (_, i) => seed + i);
          return writeEach(all, target, run, async (picture, path, of) => {
            const made = { ...recipe, seed: of };
            const own = { count: undefined, seeds: String(of), alone: true };
            await writePicture(path, picture, { recipe: withRecipeOptions(made, own) });
          });
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

/** Whether pictures go into a folder: one that is there, or a name without an ending. */
async function isFolderTarget(path: string): Promise<boolean> {
  return extname(path) === '' || (await isFolder(path));
}

// Aborted, the folder has those that are written.
async function writeEach(
  seeds: readonly number[],
  folder: string,
  run: OpenedRun,
  write: (picture: Picture, path: string, seed: number) => Promise<void>,
): Promise<void> {
  const { report, signal, preview } = run.work;
  const pathOf = (seed: number): string => join(folder, `seed-${seed}.png`);
  for (const seed of seeds) await willWrite(pathOf(seed));
  await makeTargetFolder(folder);
  let done = 0;
  for (const seed of seeds) {
    if (signal.aborted) break;
    const point = pointOfSeed(seed, run);
    // Each by itself: in a batch its last bits would depend on how many there are beside it.
    const [made] = await collected(run.model.decode([point]));
    const picture = made!;
    const path = pathOf(seed);
    await write(picture, path, seed);
    await report.artefact(path);
    done += 1;
    const data = { type: 'picture', seed, path, point: [...point] };
    await report.progress(done, seeds.length, 'pictures', data);
    await preview(() => picture);
  }
  if (done === 0) signal.throwIfAborted();
  const reached = done < seeds.length ? `${done} of ${counted(seeds.length, 'picture')}` : undefined;
  await report.done({ path: folder, reached, figures: { count: done } });
}

/** For each system the job that draws random points and shows their pictures. */
export const sampleJobs = { vae: sampleJob(vaeSystem), gan: sampleJob(ganSystem) };

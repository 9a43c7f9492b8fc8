import { z } from 'zod';
import { withRecipeOptions, type Recipe } from '../../image/index.ts';
import { option, OptionError, words } from '../../words.ts';
import { defineJob } from '../job.ts';
import { checkTargetFolder } from '../target-file.ts';
import { ganSystem } from './gan-system.ts';
import { withRun, type OpenedRun } from './open-run.ts';
import { runInputs } from './options.ts';
import { isFolderTarget, writePictureFolder, type SinglePicture } from './picture-folder.ts';
import { pointOfSeed } from './points.ts';
import { seedsOf } from './seeds.ts';
import { collected, sheetOf, squareColumns, writeSheet } from './sheet.ts';
import type { LatentModel, LatentSystem } from './latent-system.ts';
import { vaeSystem } from './vae-system.ts';
import { varyOption } from '../vary.ts';

const COUNT = 64;

const options = {
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
};

/** What to draw: points of seeds, or a number of points. */
interface Drawn {
  readonly given: string | undefined;
  readonly seeds: readonly number[] | undefined;
  readonly count?: number | undefined;
  readonly seed: number;
  readonly alone: boolean;
}

function sampleJob<Model extends LatentModel>(system: LatentSystem<Model>) {
  const name = `${system.name}.sample`;
  return defineJob({
    name,
    about:
      'Draw random points of the latent space and show their pictures: on a sheet, or each in its own file.',
    inputs: z.strictObject(runInputs),
    options: z.strictObject({ ...varyOption, ...system.options, ...options }),
    cellDefaults: ({ seeds }) => (seeds === undefined ? { count: 16 } : {}),
    async work({ output, ...request }, work) {
      const drawn = drawnOf(request.options);
      const isFolder = !drawn.alone && (await isFolderTarget(output));
      if (isFolder) await checkTargetFolder(output);
      await withRun(system, request, work, async (run) => {
        const recipe = await run.recipe(name, { ...request.options });
        if (isFolder) await writePictureFolder(output, singlesOf(drawn, recipe, run), run);
        else await writeSampleSheet(output, drawn, recipe, run);
      });
    },
  });
}

/** @throws OptionError when both seeds and a number are given, or not one seed for one picture */
function drawnOf({
  seeds: given,
  ...drawn
}: Omit<Drawn, 'given' | 'seeds'> & { readonly seeds?: string | undefined }): Drawn {
  if (given !== undefined && drawn.count !== undefined)
    throw new OptionError(
      words`${option('seeds')} and ${option('count')} were given; choose one: each seed is one picture`,
    );
  const seeds = given === undefined ? undefined : seedsOf(given);
  if (drawn.alone && seeds?.length !== 1)
    throw new OptionError(words`${option('seeds')}: give one seed for one picture`);
  return { ...drawn, given, seeds };
}

/** Each picture by itself, named by its seed. */
function singlesOf({ seeds, count = COUNT, seed }: Drawn, recipe: Recipe, run: OpenedRun): SinglePicture[] {
  const all = seeds ?? Array.from({ length: count }, (_, i) => seed + i);
  return all.map((of) => ({
    name: `seed-${of}`,
    figures: { seed: of },
    point: () => pointOfSeed(of, run),
    recipe: () =>
      withRecipeOptions({ ...recipe, seed: of }, { count: undefined, seeds: String(of), alone: true }),
  }));
}

/** All pictures on a sheet, or one picture at its own size. */
async function writeSampleSheet(
  target: string,
  { given, seeds, count = COUNT, seed, alone }: Drawn,
  recipe: Recipe,
  run: OpenedRun,
): Promise<void> {
  const { work, model, random, look } = run;
  const total = seeds?.length ?? count;
  run.checkCount(total, words`${option(seeds === undefined ? 'count' : 'seeds')}`);
  await writeSheet(target, work, async () => {
    const points =
      seeds === undefined ? model.draw(random, total) : seeds.map((each) => pointOfSeed(each, run));
    const made = seeds === undefined ? model.decodeApart(points) : model.decode(points);
    if (alone) return { picture: (await collected(made, work.signal))[0]!, figures: { seed }, recipe };
    return {
      picture: await sheetOf(made, squareColumns(total), look, work),
      figures: {
        ...(seeds === undefined ? { seed } : { seeds: given }),
        count: total,
        points: points.map((point) => [...point]),
      },
      recipe,
    };
  });
}

/** The job that draws random points and shows their pictures, for each system. */
export const sampleJobs = { vae: sampleJob(vaeSystem), gan: sampleJob(ganSystem) };

import { z } from 'zod';
import { withRecipeOptions, type Recipe } from '../../image/index.ts';
import { option, OptionError, words } from '../../words.ts';
import { defineJob } from '../job.ts';
import { checkTargetFolder } from '../target-file.ts';
import { ganSystem } from './gan-system.ts';
import { withRun, type OpenedRun } from './open-run.ts';
import { runInputs, type ModelOptions } from './options.ts';
import { isFolderTarget, writePictureFolder, type SinglePicture } from './picture-folder.ts';
import { foundPoints, pointsInput, pointsOption, type FoundPoint, type PointsRequest } from './points.ts';
import { collected, sheetOf, squareColumns, writeSheet } from './sheet.ts';
import type { LatentModel, LatentSystem } from './latent-system.ts';
import { vaeSystem } from './vae-system.ts';
import { varyOption } from '../vary.ts';

/** The part of the request about points. */
interface DecodeRequest extends PointsRequest {
  readonly options: PointsRequest['options'] & ModelOptions & { readonly alone: boolean };
}

function decodeJob<Model extends LatentModel>(system: LatentSystem<Model>) {
  const name = `${system.name}.decode`;
  return defineJob({
    name,
    about: 'Turn points of the latent space into pictures: on a sheet, or each in its own file.',
    inputs: z.strictObject({ ...runInputs, files: pointsInput }),
    options: z.strictObject({
      ...varyOption,
      ...system.options,
      points: pointsOption.min(1),
      alone: z
        .boolean()
        .default(false)
        .meta({ hidden: true })
        .describe('write one picture at its own size instead of a sheet'),
    }),
    async work({ output, ...request }, work) {
      const { alone } = request.options;
      const folder = !alone && (await isFolderTarget(output));
      if (folder) await checkTargetFolder(output);
      await withRun(system, request, work, async (run) => {
        if (folder) {
          const found = await foundPoints(request, run);
          return writePictureFolder(output, singlesOf(name, found, request, run), run);
        }
        await writeSheet(output, work, async () => {
          const points = (await foundPoints(request, run)).map(({ point }) => point);
          if (alone && points.length !== 1)
            throw new OptionError(words`${option('points')}: give one seed for one picture`);
          run.checkCount(points.length, words`${option('points')}`);
          const pictures = run.model.decode(points);
          return {
            picture: alone
              ? (await collected(pictures, work.signal))[0]!
              : await sheetOf(pictures, squareColumns(points.length), run.look, work),
            recipe: await run.recipe(name, request.options, { files: request.inputs.files ?? [] }),
          };
        });
      });
    },
  });
}

/**
 * A picture for each point, named by its seed, or by its place among the points. A point that is requested twice is decoded once.
 */
function singlesOf(
  job: string,
  found: readonly FoundPoint[],
  { inputs: { files = [] }, options }: DecodeRequest,
  run: OpenedRun,
): SinglePicture[] {
  const recipes = new Map<string | undefined, Promise<Recipe>>(); // a file of many points is hashed once
  const recipeFrom = (file: string | undefined): Promise<Recipe> => {
    const made = recipes.get(file) ?? run.recipe(job, options, { files: [file] });
    recipes.set(file, made);
    return made;
  };
  const singles = found.map(({ point, asked }, index): SinglePicture => {
    const file = 'file' in asked ? files[asked.file] : undefined;
    const own = { points: ['file' in asked ? { ...asked, file: 0 } : asked], alone: true };
    return {
      ...('seed' in asked ? { name: `seed-${asked.seed}`, figures: asked } : { name: `point-${index + 1}` }),
      point: () => point,
      recipe: async () => withRecipeOptions(await recipeFrom(file), own),
    };
  });
  return [...new Map(singles.map((single) => [single.name, single])).values()];
}

/** The job that turns points into pictures, for each system. */
export const decodeJobs = { vae: decodeJob(vaeSystem), gan: decodeJob(ganSystem) };

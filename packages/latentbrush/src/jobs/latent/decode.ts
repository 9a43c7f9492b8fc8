import { z } from 'zod';
import { option, words } from '../../words.ts';
import { defineJob } from '../job.ts';
import { ganSystem } from './gan-system.ts';
import { withRun } from './open-run.ts';
import { runInputs } from './options.ts';
import { pointsInput, pointsOf, pointsOption } from './points.ts';
import { sheetOf, squareColumns, writeSheet } from './sheet.ts';
import type { LatentModel, LatentSystem } from './latent-system.ts';
import { vaeSystem } from './vae-system.ts';

function decodeJob<Model extends LatentModel>(system: LatentSystem<Model>) {
  const name = `${system.name}.decode`;
  return defineJob({
    name,
    about: 'Make pictures of points of the latent space.',
    inputs: z.strictObject({ ...runInputs, files: pointsInput }),
    options: z.strictObject({ ...system.options, points: pointsOption.min(1) }),
    async work({ output, ...request }, work) {
      await withRun(system, request, work, (run) =>
        writeSheet(output, work, async () => {
          const points = await pointsOf(request, run);
          run.checkCount(points.length, words`${option('points')}`);
          const pictures = run.model.decode(points);
          return {
            picture: await sheetOf(pictures, squareColumns(points.length), run.look, work),
            recipe: await run.recipe(name, request.options, { files: request.inputs.files ?? [] }),
          };
        }),
      );
    },
  });
}

/** For each system the job that makes pictures of points. */
export const decodeJobs = { vae: decodeJob(vaeSystem), gan: decodeJob(ganSystem) };

import { z } from 'zod';
import { writeFileAtomic } from '../../files/atomic-file.ts';
import { readPicture, recipeAsJson } from '../../image/index.ts';
import { willWrite } from '../files-in-use.ts';
import { takenFirst } from '../animation-source.ts';
import { defineJob } from '../job.ts';
import { withRun } from '../latent/open-run.ts';
import { runInputs, runOptions } from '../latent/options.ts';
import { vaeSystem } from '../latent/vae-system.ts';

const NAME = 'vae.encode';

/** Finds the point of a picture. */
export const vaeEncodeJob = defineJob({
  name: NAME,
  about: 'Find the point of a picture in the latent space, and write it as JSON.',
  inputs: z.strictObject({ ...runInputs, picture: z.string().describe('a picture file') }),
  options: z.strictObject(runOptions),
  async work({ output, ...request }, work) {
    const { picture } = request.inputs;
    await withRun(vaeSystem, request, work, async (run) => {
      const { vae } = run.model;
      const note = await takenFirst(picture);
      if (note !== undefined) await work.report.note(note);
      await willWrite(output);
      const [encoded] = await vae.encode([vae.fitted(await readPicture(picture))]);
      const { mean, logVar } = encoded!;
      const point = { mean: [...mean], logVar: [...logVar] };
      const recipe = recipeAsJson(await run.recipe(NAME, request.options, { picture: [picture] }));
      await writeFileAtomic(output, `${JSON.stringify({ ...point, recipe })}\n`);
      const numbers = point.mean.map((value) => value.toFixed(3)).join(', ');
      await work.report.made(output, point, `${output}: ${numbers}\n`);
    });
  },
});

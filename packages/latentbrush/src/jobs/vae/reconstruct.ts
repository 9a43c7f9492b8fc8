import { z } from 'zod';
import { pictureAt } from '../../data/index.ts';
import { readPicture, type Picture } from '../../image/index.ts';
import { reconstructionSheet } from '../../vae/index.ts';
import { takenFirst } from '../animation-source.ts';
import { defineJob } from '../job.ts';
import { withRun, type OpenedRun } from '../latent/open-run.ts';
import { runInputs, runOptions } from '../latent/options.ts';
import { writeSheet } from '../latent/sheet.ts';
import { vaeSystem, type VaeLatentModel } from '../latent/vae-system.ts';
import { varyOption } from '../vary.ts';

const NAME = 'vae.reconstruct';

/** Shows pictures, and below each its reconstruction. */
export const vaeReconstructJob = defineJob({
  name: NAME,
  about: 'Show pictures, each with its reconstruction below.',
  inputs: z.strictObject({
    ...runInputs,
    pictures: z.array(z.string()).optional().describe('picture files (default: some of the data set)'),
  }),
  options: z.strictObject({
    ...varyOption,
    ...runOptions,
    count: z.int().min(1).default(20).describe('number of pictures from the data set'),
  }),
  async work({ output, ...request }, work) {
    const files = request.inputs.pictures ?? [];
    await withRun(vaeSystem, request, work, (run) =>
      writeSheet(output, work, async () => {
        const pictures = files.length > 0 ? await read(files, run) : await someOf(request.options.count, run);
        return {
          picture: await reconstructionSheet(run.model.vae, pictures),
          recipe: await run.recipe(NAME, request.options, { pictures: files }),
        };
      }),
    );
  },
});

async function read(
  files: readonly string[],
  { model: { vae }, work }: OpenedRun<VaeLatentModel>,
): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for (const file of files) {
    const note = await takenFirst(file);
    if (note !== undefined) await work.report.note(note);
    pictures.push(vae.fitted(await readPicture(file)));
  }
  return pictures;
}

async function someOf(count: number, run: OpenedRun<VaeLatentModel>): Promise<Picture[]> {
  const dataset = await run.dataset();
  const order = run.random.fork('pictures').permutation(dataset.count);
  return [...order.slice(0, count)].map((index) => pictureAt(dataset, index));
}

import { z } from 'zod';
import { pictureAt } from '../../data/index.ts';
import { project, scatter } from '../../latent/index.ts';
import { defineJob } from '../job.ts';
import { datasetInput, datasetOptions, recordDatasets, sourceOf } from '../dataset-input.ts';
import { withRun } from '../latent/open-run.ts';
import { runInputs, runOptions } from '../latent/options.ts';
import { writeSheet } from '../latent/sheet.ts';
import { vaeSystem } from '../latent/vae-system.ts';
import { varyOption } from '../vary.ts';

const NAME = 'vae.map';

/** Draws the positions of pictures in the latent space. */
export const vaeMapJob = defineJob({
  name: NAME,
  about:
    "Draw the positions of the data set's pictures in the latent space, coloured by class; more than two dimensions are projected.",
  inputs: z.strictObject({
    ...runInputs,
    dataset: datasetInput.describe('other pictures (default: those of the run)'),
  }),
  options: z.strictObject({
    ...varyOption,
    ...runOptions,
    method: z
      .enum(['umap', 'pca'])
      .default('umap')
      .describe('umap keeps neighbours together, pca is a straight projection'),
    count: z.int().min(1).default(2000).describe('number of pictures, drawn at random'),
    ...datasetOptions,
  }),
  async work({ output, ...request }, work) {
    const { named, rules, ...options } = request.options;
    const source = sourceOf(request.inputs.dataset, named.dataset);
    await withRun(vaeSystem, request, work, (run) =>
      writeSheet(output, work, async () => {
        const { random, model } = run;
        const dataset = source === undefined ? await run.dataset() : await run.pictures(source, rules);
        const chosen = [...random.fork('pictures').permutation(dataset.count).slice(0, options.count)];
        const encoded = await model.encoder.encode(chosen.map((index) => pictureAt(dataset, index)));
        const points = await project(encoded, options.method, random.fork('projection'));
        const labels = dataset.labels && chosen.map((index) => dataset.labels![index]!);
        const datasets = await recordDatasets(request.inputs, named, rules);
        const recorded = { ...options, rules, named: datasets.named };
        return {
          picture: scatter(points, { labels }),
          figures: { pictures: chosen.length },
          recipe: await run.recipe(NAME, recorded, datasets.files),
        };
      }),
    );
  },
});

import { z } from 'zod';
import { gridPoints } from '../../vae/index.ts';
import { option, OptionError, words } from '../../words.ts';
import { defineJob } from '../job.ts';
import { withRun } from '../latent/open-run.ts';
import { runInputs, runOptions } from '../latent/options.ts';
import { sheetOf, writeSheet } from '../latent/sheet.ts';
import { vaeSystem } from '../latent/vae-system.ts';
import { varyOption } from '../vary.ts';

const NAME = 'vae.grid';

/** Largest number of pictures per side. */
const MOST = 64;

/** Shows a plane of the latent space as a grid of pictures. */
export const vaeGridJob = defineJob({
  name: NAME,
  about:
    'Show a plane of the latent space as a grid of pictures, at the quantiles of the normal distribution from 0.05 to 0.95, as in the book.',
  inputs: z.strictObject(runInputs),
  options: z.strictObject({
    ...varyOption,
    ...runOptions,
    count: z.int().min(1).default(15).describe('pictures per side'),
    axes: z
      .array(z.number())
      .optional()
      .describe('the two dimensions, counted from 0: to the right, downwards (default: 0,1)'),
  }),
  async work({ output, ...request }, work) {
    const { count, axes: given } = request.options;
    if (count > MOST)
      throw new OptionError(
        words`${option('count')}: ${count} was given; at most ${MOST} per side are drawn`,
      );
    await withRun(vaeSystem, request, work, async (run) => {
      run.checkCount(count ** 2, words`${option('count')}`);
      const { latent } = run.model.form;
      const axes = axesOf(given, latent);
      const recipe = await run.recipe(NAME, { ...request.options });
      await writeSheet(output, work, async () => {
        const pictures = run.model.decode(gridPoints(count, latent, axes));
        return { picture: await sheetOf(pictures, count, run.look, work), figures: { count, axes }, recipe };
      });
    });
  },
});

function axesOf(given: readonly number[] | undefined, latent: number): readonly [number, number] {
  if (given === undefined) return [0, Math.min(1, latent - 1)];
  const [first, second, ...more] = given;
  const inside = (axis: number | undefined): axis is number =>
    axis !== undefined && Number.isInteger(axis) && axis >= 0 && axis < latent;
  if (inside(first) && inside(second) && first !== second && more.length === 0) return [first, second];
  throw new OptionError(
    words`${option('axes')}: "${given.join(',')}" was given; two different numbers from 0 to ${latent - 1} are needed, such as 0,1`,
  );
}

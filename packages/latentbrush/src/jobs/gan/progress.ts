import { InputError } from '@latentbrush/engine';
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { ganRuns } from '../../gan/index.ts';
import { readPicture, type Picture } from '../../image/index.ts';
import { placeOfRun } from '../../runs/pretrained-runs.ts';
import { readRun } from '../../runs/training-run.ts';
import { defineJob } from '../job.ts';
import { writeLatentAnimation } from '../latent/animation.ts';
import { animationOptions } from '../latent/options.ts';
import { recordedRun } from '../recorded-run.ts';
import { recordInputs } from '../recipe-inputs.ts';
import { jobRecipe } from '../recipe.ts';

const NAME = 'gan.progress';

/** Shows how a GAN learned as an animation. */
export const ganProgressJob = defineJob({
  name: NAME,
  about: 'Show how a GAN learned: its sheets of generated pictures, all of the same points, as an animation.',
  inputs: z.strictObject({
    run: z.string().optional().describe('folder of a run'),
    sheets: z
      .string()
      .optional()
      .meta({ hidden: true })
      .describe('folder of the sheets of a run, instead of the run'),
  }),
  options: z.strictObject({
    ...animationOptions,
    framesPerSecond: z.number().default(10).describe('sheets per second'),
    count: z
      .int()
      .min(1)
      .optional()
      .meta({ hidden: true })
      .describe('number of sheets, when the animation was first made'),
    seed: z.int().min(0).default(1).describe('accepted as in every job; has no effect here'),
  }),
  // A continued training has added sheets.
  folders: { sheets: async (samples, recorded) => (await sheetsOf(samples)).slice(0, recorded) },
  async work({ inputs, options: { stoppedAt, framesPerSecond, count, seed }, output }, work) {
    const run = inputs.run ?? (inputs.sheets === undefined ? undefined : dirname(resolve(inputs.sheets)));
    if (run === undefined)
      throw new InputError('gan progress: no run was given; give the folder that training made');
    await readRun(ganRuns, run);
    const samples = join(placeOfRun(run), 'samples');
    const sheets = (await sheetsOf(samples)).slice(0, count);
    if (sheets.length === 0) throw new InputError(`${run}: has no sheets yet; train it further`);
    const frames: Picture[] = [];
    for (const path of sheets) frames.push(await readPicture(path));
    const last = frames.at(-1)!;
    // The last sheet stays for a second. No format is faster than 120 frames per second.
    const end = Array.from({ length: Math.min(120, Math.ceil(framesPerSecond)) }, () => last);
    const recorded = await recordInputs({ sheets: [{ folder: samples, files: sheets }] });
    const options = { seed, framesPerSecond, count: sheets.length, ...(await recordedRun(run)) };
    const animation = {
      pictures: [...frames, ...end],
      total: frames.length + end.length,
      scale: 1,
      framesPerSecond,
      until: stoppedAt?.frame,
      recipe: jobRecipe(NAME, recorded, options),
    };
    await writeLatentAnimation(output, animation, work);
  },
});

/** Paths of the sheets of generated pictures that training kept, oldest first. */
async function sheetsOf(samples: string): Promise<string[]> {
  const names: readonly string[] = await readdir(samples).catch(() => []);
  const sheets = names.filter((name) => /^step-\d+-generated\.png$/.test(name));
  return sheets.sort().map((name) => join(samples, name));
}

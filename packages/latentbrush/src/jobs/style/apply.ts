import { z } from 'zod';
import { writePicture } from '../../image/index.ts';
import { takenFirst } from '../animation-source.ts';
import { defineJob } from '../job.ts';
import { checkTarget } from '../target-file.ts';
import { varyOption } from '../vary.ts';
import { useTrainedStyle } from './applied-style.ts';
import { applyOptions, sourceFrame, trainedInputs } from './options.ts';

const NAME = 'style.apply';

/** Paints one picture with a trained style. */
export const styleApplyJob = defineJob({
  name: NAME,
  about: 'Paint a picture with a trained style, within a second.',
  inputs: z.strictObject({ ...trainedInputs, picture: z.string().describe('the picture to paint') }),
  options: z.strictObject({ ...applyOptions, sourceFrame, ...varyOption }),
  cellDefaults: () => ({ size: 256 }),
  async work({ inputs, options, output: target }, { report }) {
    const { picture } = inputs;
    const { sourceFrame, ...applied } = options;
    await checkTarget(target);
    await useTrainedStyle(inputs, applied, async (style) => {
      const note = sourceFrame === undefined ? await takenFirst(picture) : undefined;
      if (note !== undefined) await report.note(note);
      const painted = await style.paint(await style.read(picture, sourceFrame), picture);
      const extra = sourceFrame === undefined ? {} : { sourceFrame };
      await writePicture(target, painted, { recipe: await style.recipe(NAME, { picture }, extra) });
      await report.done({ path: target });
    });
  },
});

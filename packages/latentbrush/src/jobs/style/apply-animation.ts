import { z } from 'zod';
import { openAnimation } from '../animation-source.ts';
import { writeAnimation, type MadeFrame } from '../animation.ts';
import { defineJob } from '../job.ts';
import { useTrainedStyle } from './applied-style.ts';
import { applyOptions, animationOptions, trainedInputs } from './options.ts';

const NAME = 'style.apply-animation';

/**
 * Paints the frames of an animation with a trained style. When aborted, the animation ends with the frames it
 * has.
 */
export const styleApplyAnimationJob = defineJob({
  name: NAME,
  about:
    'Paint the frames of an animation with a trained style: a folder of pictures, or an animated GIF or WebP.',
  inputs: z.strictObject({
    ...trainedInputs,
    frames: z.string().describe('a folder of pictures, or an animation'),
  }),
  options: z.strictObject({ ...applyOptions, ...animationOptions }),
  async work({ inputs, options, output: target }, work) {
    const { report, signal } = work;
    const { framesPerSecond, rules, frame: only, stoppedAt, ...applied } = options;
    await useTrainedStyle(inputs, applied, async (style) => {
      const reading = { framesPerSecond, rules, leftOut: report.leftOut, note: report.note, signal };
      const source = await openAnimation(inputs.frames, { longest: applied.size, ...reading });
      const recipe = await style.recipe(NAME, { frames: source.input }, source.recorded);
      const frames = async function* (): AsyncGenerator<MadeFrame> {
        let frame = 0;
        for await (const content of source.read()) {
          if (signal.aborted) return;
          frame += 1;
          if (only !== undefined && frame !== only) continue;
          const picture = await style.paint(content, `frame ${frame}`);
          await work.preview(() => picture);
          yield { frame, picture, isAborted: false };
        }
      };
      const animation = { speed: source.speed, total: source.frames, size: source, recipe, frames };
      await writeAnimation(animation, target, { frame: only, stoppedAt }, work);
    });
  },
});

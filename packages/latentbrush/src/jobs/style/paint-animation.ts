import { z } from 'zod';
import { paintChecked } from '../../style/transfer/render.ts';
import { openAnimation } from '../animation-source.ts';
import { writeAnimation, type MadeFrame } from '../animation.ts';
import { defineJob } from '../job.ts';
import { animationOptions, paintOptions, styleInputs } from './options.ts';
import { loadStyleBackbone, readStyles, styleOf, styleRecipe } from './setup.ts';

const NAME = 'style.paint-animation';

/**
 * Paints the frames of an animation, each independently. When aborted, the animation ends with the complete frames.
 */
export const stylePaintAnimationJob = defineJob({
  name: NAME,
  about: 'Repaint each frame of an animation in the style of pictures.',
  inputs: z.strictObject({ frames: z.string().describe('an animated GIF or WebP'), ...styleInputs }),
  options: z.strictObject({ ...paintOptions, ...animationOptions }),
  async work(request, work) {
    const { report, signal } = work;
    const { frame: only, stoppedAt, framesPerSecond, rules } = request.options;
    const reading = {
      longest: undefined,
      framesPerSecond,
      rules,
      leftOut: report.leftOut,
      note: report.note,
      signal,
    };
    const source = await openAnimation(request.inputs.frames, reading);
    const styles = await readStyles(request, work);
    const chosen = await loadStyleBackbone(request, work);
    const recipe = await styleRecipe(NAME, request, chosen, { animation: source });
    const options = styleOf(request, chosen);
    // An interrupted frame is left out, unless it is the only one.
    const frames = async function* (): AsyncGenerator<MadeFrame> {
      let frame = 0;
      for await (const content of source.read()) {
        frame += 1;
        if (only !== undefined && frame !== only) continue;
        for await (const event of paintChecked(chosen.backbone, content, styles, options, signal)) {
          if (event.type === 'evaluation') {
            await report.progress(event.evaluation, event.total, `frame ${frame} of ${source.frames}`);
            await work.preview(event.picture);
          }
          if (event.type !== 'done') continue;
          const isAborted = event.reason === 'aborted';
          if (isAborted && (frame > 1 || event.stoppedAt?.evaluation === 0)) return;
          yield { frame, picture: event.picture, isAborted };
          if (isAborted) return;
        }
      }
    };
    const animation = { speed: source.speed, total: source.frames, recipe, frames };
    await writeAnimation(animation, request.output, { frame: only, stoppedAt }, work);
  },
});

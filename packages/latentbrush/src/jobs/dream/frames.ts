import { z } from 'zod';
import { recordedRules } from '../../runs/dataset-record.ts';
import { READING_RULES } from '../../data/index.ts';
import { carriedFrames, checkCarry } from '../../dream/animate.ts';
import { Dream } from '../../dream/index.ts';
import { openAnimation } from '../animation-source.ts';
import { writeAnimation } from '../animation.ts';
import { defineJob } from '../job.ts';
import { commonOptions, dreamInputs, animationPart } from './options.ts';
import { dreamOf, dreamRecipe, withLayers, loadDream } from './setup.ts';
import { reportSquares } from './squares.ts';
import { reportUnchanged, type Ended } from './unchanged.ts';

const NAME = 'dream.frames';

/**
 * Dreams on the frames of an animation. Each starts with a share of the change that the dream made in the frame before.
 */
export const dreamFramesJob = defineJob({
  name: NAME,
  about: 'Dream on the frames of an animation: a folder of pictures, or an animated GIF or WebP.',
  inputs: z.strictObject({
    frames: z.string().describe('a folder of pictures, or an animation'),
    ...dreamInputs,
  }),
  options: z.strictObject({
    ...commonOptions,
    carry: z
      .number()
      .default(0.5)
      .describe("share of a frame's dream that the next frame starts with, 0 to 1"),
    framesPerSecond: z
      .number()
      .optional()
      .describe('frames per second (default: the delays of the input animation; 20 for a folder)'),
    rules: recordedRules
      .default(READING_RULES)
      .meta({ hidden: true })
      .describe('rules for listing the folder'),
    ...animationPart,
  }),
  async work(request, work) {
    const { frame, stoppedAt, framesPerSecond, rules, ...options } = request.options;
    const { carry, size } = options;
    checkCarry(carry);
    const { signal, report } = work;
    const reading = {
      longest: size,
      framesPerSecond,
      rules,
      leftOut: report.leftOut,
      note: report.note,
      signal,
    };
    const source = await openAnimation(request.inputs.frames, reading);
    const recipe = await dreamRecipe(
      NAME,
      { inputs: request.inputs, options: { ...withLayers(options), ...source.recorded } },
      source.input,
    );
    const ended: Ended[] = [];
    const frames = async function* () {
      const { backbone, pictures } = await loadDream(request, work, { name: source.name });
      const prepared = await Dream.of(backbone, dreamOf(request), pictures, signal);
      for await (const dream of carriedFrames(prepared, source.read(), carry)) {
        if (ended.length === 0) await reportSquares(prepared.squares, backbone, report);
        ended.push(dream);
        await work.preview(() => dream.picture);
        yield { ...dream, isAborted: dream.reason === 'aborted' };
      }
    };
    const conclude = (): Promise<void> => reportUnchanged(ended, options.iterations, report);
    const animation = { speed: source.speed, total: source.frames, recipe, frames, size: source, conclude };
    await writeAnimation(animation, request.output, { frame, stoppedAt }, work);
  },
});

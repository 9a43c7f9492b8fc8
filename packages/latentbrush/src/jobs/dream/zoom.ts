import { z } from 'zod';
import { checkZoom, zoomFrames } from '../../dream/animate.ts';
import { Dream, VISUALIZATION } from '../../dream/index.ts';
import { writeAnimation } from '../animation.ts';
import { defineJob } from '../job.ts';
import { commonOptions, dreamInputs, animationPart, sourceInputs, sourceOptions } from './options.ts';
import { dreamOf, dreamRecipe, withLayers, loadDream, nameOfSource, sourceOf } from './setup.ts';
import { reportSquares } from './squares.ts';
import { reportUnchanged, type Ended } from './unchanged.ts';

const NAME = 'dream.zoom';

/** Dreams, enlarges the result and dreams again: the frames of an animation. */
export const dreamZoomJob = defineJob({
  name: NAME,
  about: 'Zoom into a dream: each frame is the one before, enlarged and dreamed again.',
  inputs: z.strictObject({ ...sourceInputs, ...dreamInputs }),
  options: z.strictObject({
    ...commonOptions,
    ...sourceOptions,
    zoom: z.number().default(1.05).describe('factor by which each frame is enlarged'),
    frames: z.number().default(60).describe('frames of the zoom'),
    framesPerSecond: z.number().default(20).describe('frames per second of an animation'),
    ...animationPart,
  }),
  defaults: ({ noise }) => (noise === undefined ? {} : VISUALIZATION),
  async work(request, work) {
    const { frame, stoppedAt, ...options } = request.options;
    const { zoom, frames: total, framesPerSecond } = options;
    checkZoom({ frames: total, zoom });
    const start = await sourceOf(request, work.report);
    const recipe = await dreamRecipe(NAME, { inputs: request.inputs, options: withLayers(options) });
    const ended: Ended[] = [];
    const frames = async function* () {
      const { backbone, pictures } = await loadDream(request, work, { name: nameOfSource(request) });
      const prepared = await Dream.of(backbone, dreamOf(request), pictures, work.signal);
      for await (const dream of zoomFrames(prepared, start, { frames: total, zoom })) {
        if (ended.length === 0) await reportSquares(prepared.squares, backbone, work.report);
        ended.push(dream);
        await work.preview(() => dream.picture);
        yield { ...dream, isAborted: dream.reason === 'aborted' };
      }
    };
    const conclude = (): Promise<void> => reportUnchanged(ended, options.iterations, work.report);
    const animation = { speed: { framesPerSecond }, total, recipe, frames, size: start, conclude };
    await writeAnimation(animation, request.output, { frame, stoppedAt }, work);
  },
});

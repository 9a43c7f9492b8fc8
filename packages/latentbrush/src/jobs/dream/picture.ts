import { z } from 'zod';
import { Dream, VISUALIZATION, type DreamPlace } from '../../dream/index.ts';
import { renderOnce } from '../../dream/render.ts';
import { withRecipeOptions, writePicture } from '../../image/index.ts';
import { option, OptionError, words } from '../../words.ts';
import { willWrite } from '../files-in-use.ts';
import { defineJob } from '../job.ts';
import { checkTarget, withSuffix } from '../target-file.ts';
import { varyOption } from '../vary.ts';
import { commonOptions, dreamInputs, sourceInputs, sourceOptions } from './options.ts';
import { dreamOf, dreamRecipe, withLayers, loadDream, nameOfSource, sourceOf } from './setup.ts';
import { reportSquares } from './squares.ts';
import { reportUnchanged } from './unchanged.ts';

const NAME = 'dream.picture';

const options = z.strictObject({
  ...commonOptions,
  ...sourceOptions,
  ...varyOption,
  saveOctaves: z
    .boolean()
    .default(false)
    .meta({ recorded: false })
    .describe('also keep the picture after each octave'),
  octave: z
    .int()
    .min(1)
    .optional()
    .meta({ hidden: true })
    .describe('write the picture after this octave instead of the last'),
  stoppedAt: z
    .object({ octave: z.int().min(1), iteration: z.int().min(0) })
    .optional()
    .meta({ hidden: true })
    .describe('where an interrupted dream stopped, to make it again'),
});

/** Dreams on one picture or on noise. When aborted, it writes the picture as it is. */
export const dreamPictureJob = defineJob({
  name: NAME,
  about: 'Turn a picture, or noise, into a DeepDream.',
  inputs: z.strictObject({ ...sourceInputs, ...dreamInputs }),
  options,
  defaults: ({ noise }) => (noise === undefined ? {} : VISUALIZATION),
  cellDefaults: ({ noise }) => (noise === undefined ? { size: 384 } : {}),
  async work(request, work) {
    const { report, signal } = work;
    const { output: target } = request;
    const { saveOctaves, octave, stoppedAt: until, ...asked } = request.options;
    if ((octave ?? 0) > asked.octaves)
      throw new OptionError(
        words`${option('octave')}: ${octave ?? 0} was given; this dream has ${asked.octaves}`,
      );
    await checkTarget(target);
    if (saveOctaves)
      for (let number = 1; number <= asked.octaves; number++) await willWrite(octavePath(target, number));
    const start = await sourceOf(request, report);
    const { backbone, pictures } = await loadDream(request, work, { name: nameOfSource(request) });
    const made = await dreamRecipe(NAME, { inputs: request.inputs, options: withLayers(asked) });
    const stop = new AbortController();
    const stopAt = (place: DreamPlace): void => {
      if (until !== undefined && !isBefore(place, until)) stop.abort();
    };
    const either = AbortSignal.any([signal, stop.signal]);
    const dream = await Dream.of(backbone, dreamOf(request), pictures, either);
    for await (const event of renderOnce(dream, start)) {
      switch (event.type) {
        case 'start':
          await report.metric(event);
          await reportSquares(event.squares, backbone, report);
          stopAt({ octave: 1, iteration: 0 });
          break;
        case 'step': {
          const { picture, ...figures } = event;
          const label = `octave ${event.octave}  loss ${event.loss.toFixed(3)}`;
          await report.progress(event.done, event.total, label, figures);
          await work.preview(picture);
          stopAt(event);
          break;
        }
        case 'octave': {
          await report.metric({ type: 'octave', octave: event.octave });
          const recipe = withRecipeOptions(made, { octave: event.octave });
          if (event.octave === octave) {
            await writePicture(target, event.picture, { recipe });
            await report.done({ path: target });
            return;
          }
          if (saveOctaves) {
            await writePicture(octavePath(target, event.octave), event.picture, { recipe });
            await report.artefact(octavePath(target, event.octave));
          }
          stopAt({ octave: event.octave + 1, iteration: 0 });
          break;
        }
        case 'done': {
          const { stoppedAt } = event;
          const recipe = stoppedAt === undefined ? made : withRecipeOptions(made, { stoppedAt });
          await writePicture(target, event.picture, { recipe });
          await reportUnchanged([event], request.options.iterations, report);
          const isAborted = event.reason === 'aborted' && !stop.signal.aborted;
          await report.done({
            path: target,
            reached: isAborted ? 'the picture shows the state reached' : undefined,
          });
        }
      }
    }
  },
});

/** Where the picture after an octave is written. */
function octavePath(target: string, number: number): string {
  return withSuffix(target, `octave-${number}`);
}

function isBefore(a: DreamPlace, b: DreamPlace): boolean {
  return a.octave < b.octave || (a.octave === b.octave && a.iteration < b.iteration);
}

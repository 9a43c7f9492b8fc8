import { dream, dreamOptions, type DreamPlace } from '../../dream/index.ts';
import { withRecipeOptions, writePicture } from '../../image/index.ts';
import { parseOptions } from '../../options.ts';
import { dreamRecipe, loadDream, type DreamJob } from './job.ts';
import { nameOfSource, pictureOf, recipeOfSource, type DreamSource } from './source.ts';
import { noteUnchanged } from './unchanged.ts';
import { conclude } from '../conclude.ts';
import type { JobContext } from '../job-context.ts';
import { willWrite } from '../overwriting.ts';
import { checkTarget, withSuffix } from '../target-file.ts';

/** What is written of a dream; where nothing is said, its last picture. */
export interface DreamPart {
  /** The picture after each octave too. */
  readonly saveOctaves?: boolean;
  /** The picture at this place: where a dream was interrupted that is made again. */
  readonly until?: DreamPlace | undefined;
  /** The picture after this octave in place of the last. */
  readonly octave?: number | undefined;
}

/** Dreams on one picture and writes it; interrupted, as far as it came. */
export async function dreamPicture(
  job: DreamJob,
  source: DreamSource,
  target: string,
  context: JobContext,
  { saveOctaves = false, until, octave }: DreamPart = {},
): Promise<void> {
  const { output, signal } = context;
  await checkTarget(target);
  const { octaves } = parseOptions(dreamOptions, job.options);
  const octavePath = (number: number): string => withSuffix(target, `octave-${number}`);
  if (saveOctaves) for (let number = 1; number <= octaves; number++) await willWrite(octavePath(number));
  const start = await pictureOf(source, job);
  const { backbone, pictures } = await loadDream(job, context, { name: nameOfSource(source) });
  const { picture, extra } = recipeOfSource(source);
  const made = await dreamRecipe(job, { picture }, extra);
  const stop = new AbortController();
  const stopAt = (place: DreamPlace): void => {
    if (until !== undefined && !isBefore(place, until)) stop.abort();
  };
  const either = AbortSignal.any([signal, stop.signal]);
  for await (const event of dream(backbone, start, { ...job.options, signal: either }, pictures)) {
    switch (event.type) {
      case 'start':
        output.event(event);
        stopAt({ octave: 1, iteration: 0 });
        break;
      case 'step':
        output.event(event);
        output.progress(event.done, event.total, `octave ${event.octave}  loss ${event.loss.toFixed(3)}`);
        stopAt(event);
        break;
      case 'octave': {
        output.event({ type: 'octave', octave: event.octave });
        const recipe = withRecipeOptions(made, { octave: event.octave });
        if (event.octave === octave) {
          await writePicture(target, event.picture, { recipe });
          conclude(output, target);
          return;
        }
        if (saveOctaves) await writePicture(octavePath(event.octave), event.picture, { recipe });
        stopAt({ octave: event.octave + 1, iteration: 0 });
        break;
      }
      case 'done': {
        const { stoppedAt } = event;
        const recipe = stoppedAt === undefined ? made : withRecipeOptions(made, { stoppedAt });
        await writePicture(target, event.picture, { recipe });
        const isAborted = event.reason === 'aborted' && !stop.signal.aborted;
        conclude(output, target, { interrupted: isAborted ? 'this is how far it came' : undefined });
        noteUnchanged([event], job, output);
      }
    }
  }
}

function isBefore(a: DreamPlace, b: DreamPlace): boolean {
  return a.octave < b.octave || (a.octave === b.octave && a.iteration < b.iteration);
}

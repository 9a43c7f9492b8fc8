import { dream } from '../../dream/index.ts';
import { writePicture } from '../../image/index.ts';
import { dreamRecipe, loadDream, type DreamJob } from './job.ts';
import { nameOfSource, pictureOf, recipeOfSource, type DreamSource } from './source.ts';
import { noteUnchanged } from './unchanged.ts';
import type { JobContext } from '../job-context.ts';
import { INTERRUPTED } from '../interrupt.ts';
import { checkTarget, withSuffix } from '../target-file.ts';

/** Dreams on one picture and writes it; interrupted, as far as it came. */
export async function dreamPicture(
  job: DreamJob,
  source: DreamSource,
  target: string,
  context: JobContext,
  { saveOctaves = false }: { readonly saveOctaves?: boolean } = {},
): Promise<void> {
  const { output, signal } = context;
  await checkTarget(target);
  const start = await pictureOf(source, job);
  const { backbone, pictures } = await loadDream(job, context, { name: nameOfSource(source) });
  const { picture, extra } = recipeOfSource(source);
  const made = await dreamRecipe(job, picture, extra);
  for await (const event of dream(backbone, start, job.options, pictures, signal)) {
    switch (event.type) {
      case 'start':
        output.event(event);
        break;
      case 'step':
        output.event(event);
        output.progress(event.done, event.total, `octave ${event.octave}  loss ${event.loss.toFixed(3)}`);
        break;
      case 'octave':
        output.event({ type: 'octave', octave: event.octave });
        if (saveOctaves) await writePicture(withSuffix(target, `octave-${event.octave}`), event.picture);
        break;
      case 'done':
        await writePicture(target, event.picture, { recipe: made });
        output.event({ type: 'done', reason: event.reason, path: target });
        output.text(`${target}\n`);
        noteUnchanged([event], job, output);
        if (event.reason === 'aborted') {
          output.note('interrupted: this is how far it came');
          process.exitCode = INTERRUPTED;
        }
    }
  }
}

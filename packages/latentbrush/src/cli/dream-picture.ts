import { Random } from '@latentbrush/engine';
import { dream, noisePicture } from '../dream/index.ts';
import { writePicture, type Picture } from '../image/index.ts';
import { dreamRecipe, loadDream, readSource, type DreamJob, type JobContext } from './dream-job.ts';
import { INTERRUPTED } from './interrupt.ts';
import { checkTarget, withSuffix } from './target-file.ts';

/** What is dreamed on: a picture, or noise of a size. */
export type DreamSource =
  | { readonly type: 'picture'; readonly path: string }
  | { readonly type: 'noise'; readonly height: number; readonly width: number };

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
  const start = await startOf(source, job);
  const { backbone, pictures } = await loadDream(job, context);
  const made = await dreamRecipe(
    job,
    source.type === 'picture' ? source.path : undefined,
    source.type === 'noise' ? { noise: { height: source.height, width: source.width } } : {},
  );
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
        if (event.reason === 'aborted') {
          output.note('interrupted: this is how far it came');
          process.exitCode = INTERRUPTED;
        }
    }
  }
}

async function startOf(source: DreamSource, job: DreamJob): Promise<Picture> {
  if (source.type === 'picture') return readSource(source.path, job);
  const random = new Random(job.options.seed ?? 1).fork('noise');
  return noisePicture(source.height, source.width, random);
}

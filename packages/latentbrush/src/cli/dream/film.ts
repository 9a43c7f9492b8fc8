import { listPictures } from '../../data/index.ts';
import { checkCarry, checkZoom, dreamFrames, dreamZoom, type DreamFrame } from '../../dream/index.ts';
import { fitWithin, readPicture, type Picture } from '../../image/index.ts';
import { dreamRecipe, loadDream, type DreamJob } from './job.ts';
import { nameOfSource, pictureOf, recipeOfSource, type DreamSource } from './source.ts';
import { noteUnchanged, type Ended } from './unchanged.ts';
import { checkFrameSizes } from '../frame-sizes.ts';
import { openFrames, type FrameTarget } from '../frame-target.ts';
import type { JobContext } from '../job-context.ts';
import { INTERRUPTED } from '../interrupt.ts';

/** A dream one falls into. */
export interface ZoomFilm {
  readonly frames: number;
  /** How much nearer each frame is than the one before. */
  readonly zoom: number;
  readonly framesPerSecond: number;
}

/** Dreams, moves nearer and dreams again, and writes the frames as an animation or into a folder. */
export async function dreamIntoZoom(
  job: DreamJob,
  source: DreamSource,
  film: ZoomFilm,
  target: string,
  context: JobContext,
): Promise<void> {
  checkZoom(film);
  const start = await pictureOf(source, job);
  const { frames, zoom, framesPerSecond } = film;
  const { picture, extra } = recipeOfSource(source);
  const recipe = await dreamRecipe(job, picture, { ...extra, film: { frames, zoom, framesPerSecond } });
  const file = await openFrames(target, start, { framesPerSecond, frames, recipe });
  await writeFrames(file, target, job, context, async function* () {
    const { backbone, pictures } = await loadDream(job, context, { name: nameOfSource(source) });
    yield* dreamZoom(backbone, start, { frames, zoom }, job.options, pictures, context.signal);
  });
}

/** Dreams on the frames of a film, each beginning with a share of what the dream added to the one before. */
export async function dreamFolder(
  job: DreamJob,
  folder: string,
  { carry, framesPerSecond }: { readonly carry: number; readonly framesPerSecond: number },
  target: string,
  context: JobContext,
): Promise<void> {
  checkCarry(carry);
  const paths = await listPictures(folder);
  const read = async (path: string): Promise<Picture> => {
    const frame = await readPicture(path);
    return job.size === undefined ? frame : fitWithin(frame, job.size);
  };
  await checkFrameSizes(paths, job.size, context.signal);
  const first = await read(paths[0]!);
  const recipe = await dreamRecipe(job, undefined, { carry });
  const file = await openFrames(target, first, { framesPerSecond, frames: paths.length, recipe });
  const frames = async function* (): AsyncGenerator<Picture> {
    yield first;
    for (const path of paths.slice(1)) yield await read(path);
  };
  await writeFrames(
    file,
    target,
    job,
    context,
    async function* () {
      const { backbone, pictures } = await loadDream(job, context, { name: paths[0]! });
      yield* dreamFrames(backbone, frames(), carry, job.options, pictures, context.signal);
    },
    paths.length,
  );
}

// Interrupted, the film ends with the frames it has.
async function writeFrames(
  file: FrameTarget,
  target: string,
  job: DreamJob,
  { output, signal }: JobContext,
  dream: () => AsyncIterable<DreamFrame>,
  total?: number,
): Promise<void> {
  let count = 0;
  let expected = total ?? 0;
  let aborted = false;
  const ended: Ended[] = [];
  try {
    for await (const { frame, total: known, picture, ...each } of dream()) {
      await file.add(picture);
      count = frame;
      expected = known ?? expected;
      aborted = each.reason === 'aborted';
      ended.push(each);
      output.event({ type: 'frame', frame, total: expected });
      output.progress(frame, expected, 'frames');
    }
    if (count === 0) signal.throwIfAborted();
    await file.finish();
  } catch (error) {
    await file.discard();
    throw error;
  }
  const reason = aborted || count < expected ? 'aborted' : 'finished';
  output.event({ type: 'done', reason, frames: count, path: target });
  output.text(`${target}\n`);
  noteUnchanged(ended, job, output);
  if (reason === 'finished') return;
  output.note(
    aborted
      ? `interrupted: the first of ${expected} frames, as far as it came`
      : `interrupted: ${count} of ${expected} frames`,
  );
  process.exitCode = INTERRUPTED;
}

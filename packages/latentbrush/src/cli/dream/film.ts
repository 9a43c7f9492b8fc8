import { checkCarry, checkZoom, dreamFrames, dreamZoom, type DreamFrame } from '../../dream/index.ts';
import { withRecipeOptions, writePicture, type Recipe } from '../../image/index.ts';
import { dreamRecipe, loadDream, type DreamJob } from './job.ts';
import { nameOfSource, pictureOf, recipeOfSource, type DreamSource } from './source.ts';
import { noteUnchanged, type Ended } from './unchanged.ts';
import { conclude } from '../conclude.ts';
import { noSuchFrame, type FilmPart } from '../film-part.ts';
import { openFilm, type FilmSource } from '../film-source.ts';
import { openFrames } from '../frame-target.ts';
import type { JobContext } from '../job-context.ts';
import { LeftOut } from '../left-out.ts';
import { checkTarget } from '../target-file.ts';
import { counted } from '../../counted.ts';

/** A dream one falls into. */
export interface ZoomFilm {
  readonly frames: number;
  /** How much nearer each frame is than the one before. */
  readonly zoom: number;
  readonly framesPerSecond: number;
}

/** A film that is dreamed on the frames of another. */
export interface FramesFilm {
  /** Of the dream of a frame, the share that the next one begins with. */
  readonly carry: number;
  /** Default: the delays of an animation are kept; 20 for a folder. */
  readonly framesPerSecond?: number | undefined;
}

/** A film before its first frame is dreamed. */
interface Film {
  readonly job: DreamJob;
  readonly size: { readonly height: number; readonly width: number };
  readonly speed: FilmSource['speed'];
  readonly total: number;
  readonly recipe: Recipe;
  readonly dream: () => AsyncIterable<DreamFrame>;
  /** What is left out of its folder. */
  readonly leftOut?: LeftOut;
}

/** Dreams, moves nearer and dreams again, and writes the frames as an animation or into a folder. */
export async function dreamIntoZoom(
  job: DreamJob,
  source: DreamSource,
  { frames, zoom, framesPerSecond }: ZoomFilm,
  target: string,
  context: JobContext,
  part: FilmPart = {},
): Promise<void> {
  checkZoom({ frames, zoom });
  const start = await pictureOf(source, job);
  const { picture, extra } = recipeOfSource(source);
  const recipe = await dreamRecipe(job, { picture }, { ...extra, film: { frames, zoom, framesPerSecond } });
  const dream = async function* (): AsyncGenerator<DreamFrame> {
    const { backbone, pictures } = await loadDream(job, context, { name: nameOfSource(source) });
    yield* dreamZoom(backbone, start, { frames, zoom }, { ...job.options, signal: context.signal }, pictures);
  };
  const film = { job, size: start, speed: { framesPerSecond }, total: frames, recipe, dream };
  await write(film, target, context, part);
}

/**
 * Dreams on the frames of a film, each beginning with a share of what the dream added to the one before.
 * @param path a folder of pictures, or an animated GIF or WebP
 */
export async function dreamOnFrames(
  job: DreamJob,
  path: string,
  { carry, framesPerSecond }: FramesFilm,
  target: string,
  context: JobContext,
  part: FilmPart = {},
): Promise<void> {
  checkCarry(carry);
  const leftOut = new LeftOut(context.output);
  const { output, signal } = context;
  const options = { longest: job.size, framesPerSecond, rules: part.rules, leftOut, output, signal };
  const source = await openFilm(path, options);
  const recipe = await dreamRecipe(job, { frames: source.input }, { carry, ...source.recorded });
  const dream = async function* (): AsyncGenerator<DreamFrame> {
    const { backbone, pictures } = await loadDream(job, context, { name: source.name });
    yield* dreamFrames(backbone, source.read(), carry, { ...job.options, signal }, pictures);
  };
  const { speed, frames: total } = source;
  await write({ job, size: source, speed, total, recipe, dream, leftOut }, target, context, part);
}

function write(film: Film, target: string, context: JobContext, { until, frame }: FilmPart): Promise<void> {
  return frame === undefined
    ? writeFrames(film, target, context, until)
    : writeFrame(film, target, context, frame);
}

// Interrupted, the film ends with the frames it has.
async function writeFrames(
  { job, size, speed, total, recipe, dream, leftOut }: Film,
  target: string,
  { output, signal }: JobContext,
  until = total,
): Promise<void> {
  const file = await openFrames(target, size, { ...speed, frames: total, recipe });
  const before = leftOut?.count ?? 0;
  // Those that turn out to be damaged are no frames of it.
  const all = (): number => total - ((leftOut?.count ?? 0) - before);
  let count = 0;
  let aborted = false;
  const ended: Ended[] = [];
  try {
    for await (const { frame, picture, ...each } of dream()) {
      aborted = each.reason === 'aborted';
      await file.add(picture, aborted);
      count = frame;
      ended.push(each);
      output.event({ type: 'frame', frame, total });
      output.progress(frame, total, 'frames');
      if (count === until) break;
    }
    if (count === 0) signal.throwIfAborted();
    const stoppedAt = { frame: count, ...(aborted && { unfinished: true }) };
    await file.finish(aborted || count < all() ? withRecipeOptions(recipe, { stoppedAt }) : recipe);
  } catch (error) {
    await file.discard();
    throw error;
  }
  const fewer = count < Math.min(until, all()) ? `${count} of ${counted(all(), 'frame')}` : undefined;
  const interrupted = aborted ? `the first of ${counted(total, 'frame')}, as far as it came` : fewer;
  conclude(output, target, { interrupted, figures: { frames: count }, leftOut });
  noteUnchanged(ended, job, output);
}

// Each frame needs those before it.
async function writeFrame(
  { recipe, dream, leftOut }: Film,
  target: string,
  { output, signal }: JobContext,
  wanted: number,
): Promise<void> {
  await checkTarget(target);
  for await (const { frame, picture } of dream()) {
    output.event({ type: 'frame', frame, total: wanted });
    output.progress(frame, wanted, 'frames');
    if (frame < wanted) continue;
    await writePicture(target, picture, { recipe: withRecipeOptions(recipe, { frame }) });
    conclude(output, target, { leftOut });
    return;
  }
  signal.throwIfAborted();
  throw noSuchFrame(wanted);
}

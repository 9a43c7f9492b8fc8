import { counted } from '../../counted.ts';
import { withRecipeOptions, writePicture, type Picture } from '../../image/index.ts';
import { paint, type ChosenBackbone, type StylePicture } from '../../style/index.ts';
import { conclude } from '../conclude.ts';
import { noSuchFrame, type FilmPart } from '../film-part.ts';
import { openFilm, type FilmSource } from '../../jobs/film-source.ts';
import { openFrames, type FrameTarget } from '../../jobs/frame-target.ts';
import type { JobContext } from '../job-context.ts';
import { LeftOut } from '../left-out.ts';
import { willWrite } from '../../jobs/files-in-use.ts';
import { checkTarget } from '../../jobs/target-file.ts';
import { loadStyleBackbone, readStyles, styleRecipe, type StyleJob } from './job.ts';

/** How the frames of a film are painted. */
interface Painting {
  readonly job: StyleJob;
  readonly source: FilmSource;
  readonly styles: readonly StylePicture[];
  readonly chosen: ChosenBackbone;
  readonly context: JobContext;
}

/** A frame before it is painted, and after. */
type FrameEvent =
  | { readonly type: 'start'; readonly frame: number; readonly height: number; readonly width: number }
  | {
      readonly type: 'painted';
      /** From 1. */
      readonly frame: number;
      readonly picture: Picture;
      /** Whether it was interrupted before it was done. */
      readonly isAborted: boolean;
    };

/**
 * Paints the frames of an animation, each by itself; interrupted, the film ends with the frames it has.
 * @param framesPerSecond default: the delays of the animation are kept
 */
export async function paintFilm(
  job: StyleJob,
  framesPerSecond: number | undefined,
  target: string,
  context: JobContext,
  { until, frame }: FilmPart = {},
): Promise<void> {
  await (frame === undefined ? willWrite(target) : checkTarget(target));
  const { output, signal } = context;
  const leftOut = new LeftOut(output); // an animation is read whole, so it stays empty
  const source = await openFilm(job.content, {
    longest: undefined,
    framesPerSecond,
    leftOut: leftOut.add,
    note: (line) => output.note(line),
    signal,
  });
  const styles = await readStyles(job, output);
  const chosen = await loadStyleBackbone(job, context);
  const painting = { job, source, styles, chosen, context };
  return frame === undefined ? writeFilm(painting, target, until) : writeFrame(painting, target, frame);
}

async function writeFilm(painting: Painting, target: string, until = Infinity): Promise<void> {
  const { job, source, chosen, context } = painting;
  const { output, signal } = context;
  const { frames, speed } = source;
  const recipe = await styleRecipe(job, chosen, source);
  let file: FrameTarget | undefined;
  let done = 0;
  let aborted = false;
  try {
    for await (const event of paintFrames(painting)) {
      if (event.type === 'start') {
        file ??= await openFrames(target, event, { ...speed, frames, recipe });
        continue;
      }
      aborted = event.isAborted;
      await file!.add(event.picture, aborted);
      done = event.frame;
      output.event({ type: 'frame', frame: done, total: frames });
      if (done >= until) break;
    }
    if (done === 0) signal.throwIfAborted();
    const stoppedAt = { frame: done, ...(aborted && { unfinished: true }) };
    await file!.finish(aborted || done < frames ? withRecipeOptions(recipe, { stoppedAt }) : recipe);
  } catch (error) {
    await file?.discard();
    throw error;
  }
  const fewer = done < Math.min(until, frames) ? `${done} of ${counted(frames, 'frame')}` : undefined;
  const interrupted = aborted ? `the first of ${counted(frames, 'frame')}, as far as it came` : fewer;
  conclude(output, target, { interrupted, figures: { frames: done } });
}

async function writeFrame(painting: Painting, target: string, frame: number): Promise<void> {
  const { job, source, chosen, context } = painting;
  if (frame > source.frames) throw noSuchFrame(frame);
  const recipe = withRecipeOptions(await styleRecipe(job, chosen, source), { frame });
  for await (const event of paintFrames(painting, frame)) {
    if (event.type === 'painted' && !event.isAborted) {
      await writePicture(target, event.picture, { recipe });
      conclude(context.output, target);
    }
  }
  context.signal.throwIfAborted();
}

// A frame that was interrupted is left out, unless it is all there is.
async function* paintFrames(
  { job, source, styles, chosen, context }: Painting,
  only?: number,
): AsyncGenerator<FrameEvent, void, undefined> {
  const { output, signal } = context;
  let frame = 0;
  for await (const content of source.read()) {
    frame += 1;
    if (only !== undefined && frame !== only) continue;
    for await (const event of paint(chosen.backbone, content, styles, { ...job.options, signal })) {
      if (event.type === 'start') yield { ...event, frame };
      if (event.type === 'evaluation')
        output.progress(event.evaluation, event.total, `frame ${frame} of ${source.frames}`);
      if (event.type !== 'done') continue;
      const isAborted = event.reason === 'aborted';
      if (isAborted && (frame > 1 || event.stoppedAt?.evaluation === 0)) return;
      yield { type: 'painted', frame, picture: event.picture, isAborted };
      if (isAborted) return;
    }
  }
}

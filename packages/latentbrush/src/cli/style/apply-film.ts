import { withRecipeOptions, writePicture } from '../../image/index.ts';
import { conclude, countOf } from '../conclude.ts';
import { noSuchFrame, type FilmPart } from '../film-part.ts';
import { openFilm } from '../../jobs/film-source.ts';
import { openFrames } from '../../jobs/frame-target.ts';
import type { JobContext } from '../job-context.ts';
import { LeftOut } from '../left-out.ts';
import { checkTarget } from '../../jobs/target-file.ts';
import type { AppliedStyle } from './applied-style.ts';

/**
 * Paints the frames of a film with a trained style; interrupted, the film ends with the frames it has.
 * @param path a folder of pictures, or an animated GIF or WebP
 * @param framesPerSecond default: the delays of an animation are kept; 20 for a folder
 */
export async function applyToFilm(
  applied: AppliedStyle,
  path: string,
  framesPerSecond: number | undefined,
  target: string,
  context: Pick<JobContext, 'output' | 'signal'>,
  { until = Infinity, frame: only, rules }: FilmPart = {},
): Promise<void> {
  const { output, signal } = context;
  const leftOut = new LeftOut(output);
  const source = await openFilm(path, {
    longest: applied.size,
    framesPerSecond,
    rules,
    leftOut: leftOut.add,
    note: (line) => output.note(line),
    signal,
  });
  const recipe = await applied.recipe({ frames: source.input }, source.recorded);
  const { frames, speed } = source;
  const read = source.read();
  if (only !== undefined) {
    await checkTarget(target);
    let number = 0;
    for await (const frame of read) {
      if (++number < only) continue;
      const painted = await applied.paint(frame, `frame ${only}`);
      await writePicture(target, painted, { recipe: withRecipeOptions(recipe, { frame: only }) });
      conclude(output, target, { leftOut });
      return;
    }
    throw noSuchFrame(only);
  }
  const before = leftOut.count;
  // Those that turn out to be damaged are no frames of it.
  const wanted = (): number => Math.min(until, frames - (leftOut.count - before));
  const file = await openFrames(target, source, { ...speed, frames, recipe });
  let done = 0;
  try {
    for await (const frame of read) {
      if (signal.aborted) break;
      await file.add(await applied.paint(frame, `frame ${done + 1}`));
      done += 1;
      output.progress(done, frames, 'frames');
      if (done === until) break;
    }
    if (done === 0) signal.throwIfAborted();
    const isCut = done < frames - (leftOut.count - before);
    await file.finish(isCut ? withRecipeOptions(recipe, { stoppedAt: { frame: done } }) : recipe);
  } catch (error) {
    await file.discard();
    throw error;
  }
  conclude(output, target, { ...countOf(done, wanted(), 'frame'), leftOut });
}

import { findFrames, READING_RULES, readFrames } from '../../data/index.ts';
import { withRecipeOptions, writePicture } from '../../image/index.ts';
import { conclude, countOf } from '../conclude.ts';
import { noSuchFrame, type FilmPart } from '../film-part.ts';
import { openFrames } from '../frame-target.ts';
import type { JobContext } from '../job-context.ts';
import { LeftOut } from '../left-out.ts';
import { checkTarget } from '../target-file.ts';
import type { AppliedStyle } from './applied-style.ts';

/** Paints the frames of a film with a trained style; interrupted, the film ends with the frames it has. */
export async function applyToFilm(
  applied: AppliedStyle,
  folder: string,
  framesPerSecond: number,
  target: string,
  context: Pick<JobContext, 'output' | 'signal'>,
  { until = Infinity, frame: only, rules = READING_RULES }: FilmPart = {},
): Promise<void> {
  const { output, signal } = context;
  const leftOut = new LeftOut(output);
  const found = await findFrames(folder, { longest: applied.size, rules, leftOut: leftOut.add, signal });
  const { pictures, paths } = found;
  const recorded = { framesPerSecond, rules };
  const recipe = await applied.recipe({ frames: { folder, pictures } }, recorded);
  const read = readFrames(found, leftOut.add);
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
  const wanted = (): number => Math.min(until, paths.length - (leftOut.count - before));
  const file = await openFrames(target, found, { framesPerSecond, frames: paths.length, recipe });
  let done = 0;
  try {
    for await (const frame of read) {
      if (signal.aborted) break;
      await file.add(await applied.paint(frame, `frame ${done + 1}`));
      done += 1;
      output.progress(done, paths.length, 'frames');
      if (done === until) break;
    }
    if (done === 0) signal.throwIfAborted();
    const isCut = done < paths.length - (leftOut.count - before);
    await file.finish(isCut ? withRecipeOptions(recipe, { stoppedAt: { frame: done } }) : recipe);
  } catch (error) {
    await file.discard();
    throw error;
  }
  conclude(output, target, { ...countOf(done, wanted(), 'frame'), leftOut });
}

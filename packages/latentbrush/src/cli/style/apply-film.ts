import { InputError } from '@latentbrush/engine';
import { listPictures } from '../../data/index.ts';
import { withRecipeOptions, writePicture } from '../../image/index.ts';
import { conclude, countOf } from '../conclude.ts';
import { noSuchFrame, type FilmPart } from '../film-part.ts';
import { checkFrameSizes } from '../frame-sizes.ts';
import { openFrames } from '../frame-target.ts';
import type { JobContext } from '../job-context.ts';
import { checkTarget } from '../target-file.ts';
import type { AppliedStyle } from './applied-style.ts';

/** Paints the frames of a film with a trained style; interrupted, the film ends with the frames it has. */
export async function applyToFilm(
  applied: AppliedStyle,
  folder: string,
  framesPerSecond: number,
  target: string,
  context: Pick<JobContext, 'output' | 'signal'>,
  { until, frame: only }: FilmPart = {},
): Promise<void> {
  const { output, signal } = context;
  const paths = await listPictures(folder);
  await checkFrameSizes(paths, applied.size, signal);
  const first = await applied.read(paths[0]!);
  const recipe = await applied.recipe({ frames: { folder, pictures: paths } }, { framesPerSecond });
  if (only !== undefined) {
    const path = paths[only - 1];
    if (path === undefined) throw noSuchFrame(only);
    await checkTarget(target);
    const painted = await applied.paint(await applied.read(path));
    await writePicture(target, painted, { recipe: withRecipeOptions(recipe, { frame: only }) });
    conclude(output, target);
    return;
  }
  const wanted = paths.slice(0, until);
  const file = await openFrames(target, first, { framesPerSecond, frames: paths.length, recipe });
  let done = 0;
  try {
    for (const path of wanted) {
      if (signal.aborted) break;
      const frame = await applied.read(path);
      if (frame.height !== first.height || frame.width !== first.width) {
        throw new InputError(
          `${path}: the frame is ${frame.width}x${frame.height}, the first one ${first.width}x${first.height}; frames must be of one size`,
        );
      }
      await file.add(await applied.paint(frame));
      done += 1;
      output.progress(done, paths.length, 'frames');
    }
    if (done === 0) signal.throwIfAborted();
    await file.finish(
      done < paths.length ? withRecipeOptions(recipe, { stoppedAt: { frame: done } }) : recipe,
    );
  } catch (error) {
    await file.discard();
    throw error;
  }
  conclude(output, target, countOf(done, wanted.length, 'frame'));
}

import { writePicture } from '../../image/index.ts';
import { conclude } from '../conclude.ts';
import type { JobContext } from '../job-context.ts';
import { checkTarget } from '../../jobs/target-file.ts';
import type { AppliedStyle } from './applied-style.ts';

/**
 * Paints one picture with a trained style and writes it.
 * @param frame which frame of an animation, from 1
 */
export async function applyToPicture(
  applied: AppliedStyle,
  source: string,
  target: string,
  { output }: Pick<JobContext, 'output'>,
  frame?: number,
): Promise<void> {
  await checkTarget(target);
  const painted = await applied.paint(await applied.read(source, frame), source);
  await writePicture(target, painted, {
    recipe: await applied.recipe({ picture: source }, frame === undefined ? {} : { sourceFrame: frame }),
  });
  conclude(output, target);
}

import type { Recipe } from '../../../image/index.ts';
import { filesOfRole } from '../../../jobs/recipe-inputs.ts';
import { recordedRules } from '../../../runs/dataset-record.ts';

/**
 * In a recipe: the rules by which the folder of frames was listed. Version 0.1.0 had only one set of rules
 * and did not record it.
 */
export const readingRules = recordedRules.default(1);

/** Whether a recipe is for a whole animation, not for one frame. */
export function isAnimationRecipe({ options, inputs }: Recipe): boolean {
  const { film, zoom, carry, frame, framesPerSecond, roles } = options;
  // A strip of pictures, such as those of a path, has no speed.
  const marks = [film, zoom, carry, framesPerSecond];
  const isAnimated =
    marks.some((mark) => mark !== undefined) || filesOfRole(roles, 'frames', inputs).length > 0;
  return isAnimated && frame === undefined;
}

/** Where the recorded job was interrupted: `at octave 2, iteration 5; ...`; undefined when it was not. */
export function interruptedAt({ options }: Recipe): string | undefined {
  const { vary } = options;
  const isSheet = typeof vary === 'object' && vary !== null && 'stoppedAt' in vary;
  const stoppedAt = isSheet ? vary.stoppedAt : options.stoppedAt;
  if (typeof stoppedAt !== 'object' || stoppedAt === null) return undefined;
  // Other values are not printed, since a recipe is untrusted.
  const names = ['octave', 'iteration', 'round', 'evaluation', 'mix', 'frame', 'token', 'cell'];
  const known = Object.entries(stoppedAt).filter(
    ([name, value]) => names.includes(name) && typeof value === 'number',
  );
  if (known.length === 0) return undefined;
  const place = known.map(([name, value]) => `${name} ${value}`).join(', ');
  return 'unfinished' in stoppedAt && stoppedAt.unfinished === true
    ? `within ${place}; this one is complete`
    : `at ${place}; this one stops there, too`;
}

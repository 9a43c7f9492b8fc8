import type { Recipe } from '../../../image/index.ts';
import { filesOfRole } from '../../../jobs/recipe-inputs.ts';
import { recordedRules } from '../../../runs/dataset-record.ts';

/**
 * In a recipe: the rules by which the folder of frames was listed. Version 0.1.0 had only one set of rules
 * and did not record it.
 */
export const readingRules = recordedRules.default(1);

/** Whether a recipe is for a whole animation, not for one frame. */
export function isAnimationRecipe({ job, options, inputs }: Recipe): boolean {
  const { film, carry, frame, framesPerSecond, roles } = options;
  const names = inputs.map(({ name }) => name);
  // For a latent space: a strip of pictures has no speed.
  if (job !== undefined && /^(?:vae|gan)\./.test(job)) return framesPerSecond !== undefined;
  const hasFrames = filesOfRole(roles, 'frames', names).length > 0;
  return (
    frame === undefined && (job === 'dream.zoom' || film !== undefined || carry !== undefined || hasFrames)
  );
}

/** Where the making was interrupted that a recipe records: `at octave 2, iteration 5; ...`; undefined when it was not. */
export function interruptedAt({ options: { stoppedAt } }: Recipe): string | undefined {
  if (typeof stoppedAt !== 'object' || stoppedAt === null) return undefined;
  // What else a recipe may hold there is not repeated: anybody may have written it.
  const names = ['octave', 'iteration', 'round', 'evaluation', 'mix', 'frame', 'token'];
  const known = Object.entries(stoppedAt).filter(
    ([name, value]) => names.includes(name) && typeof value === 'number',
  );
  if (known.length === 0) return undefined;
  const place = known.map(([name, value]) => `${name} ${value}`).join(', ');
  return 'unfinished' in stoppedAt && stoppedAt.unfinished === true
    ? `within ${place}; this is the whole of it`
    : `at ${place}; this one stops there, too`;
}

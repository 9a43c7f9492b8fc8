import { z } from 'zod';
import type { Recipe } from '../../../image/index.ts';
import { filesOfRole } from '../../../jobs/recipe-inputs.ts';
import { recordedRules } from '../../../runs/dataset-record.ts';

/** Of a recipe: the number of the frame that it is of, from 1. */
export const frameNumber = z.int().min(1).optional();

/** Of a recipe: where a film was interrupted; unfinished where its last frame is not whole. */
export const stoppedAtFrame = z.object({ frame: z.int().min(1), unfinished: z.boolean().optional() });

/** Of a recipe: the speed of a film that was made of the frames of a folder, or what was chosen in place of the delays of an animation. */
export const framesPerSecond = z.number().optional();

/** Of a recipe: by which rules the folder of the frames was listed. Version 0.1.0 had one way and did not record it. */
export const readingRules = recordedRules.default(1);

/** Of a recipe: which frame of an animation was taken, from 1. */
export const sourceFrame = frameNumber;

/** Whether a recipe is of a whole film, not of one frame of it. */
export function isFilm({ job, options, inputs }: Recipe): boolean {
  const { film, carry, frame, framesPerSecond, roles } = options;
  const names = inputs.map(({ name }) => name);
  // Of a latent space: a strip of pictures has no speed.
  if (job !== undefined && /^(?:vae|gan)\./.test(job)) return framesPerSecond !== undefined;
  const hasFrames = filesOfRole(roles, 'frames', names).length > 0;
  return (
    frame === undefined && (job === 'dream.zoom' || film !== undefined || carry !== undefined || hasFrames)
  );
}

import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { styleOptions } from '../../style/index.ts';
import { filesOfRole } from '../../jobs/recipe-inputs.ts';
import type { StyleJob } from '../style/job.ts';
import { paintFilm } from '../style/film.ts';
import { paintPicture } from '../style/picture.ts';
import type { Remake } from './command.ts';
import { remakeFastStyle } from './fast-style.ts';
import { recordedTransparentMask } from '../../jobs/transparent-mask.ts';
import { backboneName, parseRecipe } from './parse-recipe.ts';
import { frameNumber, framesPerSecond, sourceFrame, stoppedAtFrame } from './recorded-film.ts';

const recorded = z
  .object({
    ...styleOptions.omit({ seed: true, maxMemory: true }).shape,
    backbone: backboneName.default('vgg19'),
    round: z.int().min(1).optional(),
    framesPerSecond,
    frame: frameNumber,
    sourceFrame,
    stoppedAt: z.union([z.object({ evaluation: z.int().min(0) }), stoppedAtFrame]).optional(),
    transparentMask: recordedTransparentMask,
    roles: z.unknown().optional(),
  })
  .refine(({ round = 0, rounds }) => round <= rounds, { path: ['round'], error: 'there are fewer' });

/** Paints a painting again. */
export async function remakeStyle(remake: Remake): Promise<void> {
  const { recipe, inputs, target, context } = remake;
  if (recipe.options.fast === true) return remakeFastStyle(remake);
  const {
    roles,
    backbone: name,
    round,
    stoppedAt,
    framesPerSecond: speed,
    frame,
    sourceFrame: contentFrame,
    transparentMask,
    ...options
  } = parseRecipe(recorded, recipe.options);
  const [film] = filesOfRole(roles, 'frames', inputs);
  const [content = film] = filesOfRole(roles, 'content', inputs);
  const styles = filesOfRole(roles, 'styles', inputs);
  if (content === undefined || styles.length === 0)
    throw new InputError('remake: the recipe of this picture names no content or no style picture');
  const backbone = filesOfRole(roles, 'backbone', inputs)[0] ?? name;
  const job: StyleJob = {
    content,
    contentFrame,
    styles,
    masks: filesOfRole(roles, 'masks', inputs),
    transparentMask,
    backbone,
    weights: filesOfRole(roles, 'weights', inputs)[0],
    options: { ...options, seed: recipe.seed },
  };
  if (film === undefined) {
    const until = stoppedAt && 'evaluation' in stoppedAt ? stoppedAt : undefined;
    return paintPicture(job, target, context, { until, round });
  }
  const until = stoppedAt && 'frame' in stoppedAt ? stoppedAt.frame : undefined;
  return paintFilm(job, speed, target, context, { until, frame });
}

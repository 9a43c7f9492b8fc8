import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { styleOptions } from '../../style/index.ts';
import { filesOfRole } from '../recipe-inputs.ts';
import type { StyleJob } from '../style/job.ts';
import { paintPicture } from '../style/picture.ts';
import type { Remake } from './command.ts';
import { remakeFastStyle } from './fast-style.ts';
import { recordedTransparentMask } from '../transparent-mask.ts';
import { backboneName, parseRecipe } from './parse-recipe.ts';

const recorded = z
  .object({
    ...styleOptions.omit({ seed: true, maxMemory: true }).shape,
    backbone: backboneName.default('vgg19'),
    round: z.int().min(1).optional(),
    stoppedAt: z.object({ evaluation: z.int().min(0) }).optional(),
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
    stoppedAt: until,
    transparentMask,
    ...options
  } = parseRecipe(recorded, recipe.options);
  const [content] = filesOfRole(roles, 'content', inputs);
  const styles = filesOfRole(roles, 'styles', inputs);
  if (content === undefined || styles.length === 0)
    throw new InputError('remake: the recipe of this picture names no content or no style picture');
  const backbone = filesOfRole(roles, 'backbone', inputs)[0] ?? name;
  const job: StyleJob = {
    content,
    styles,
    masks: filesOfRole(roles, 'masks', inputs),
    transparentMask,
    backbone,
    weights: filesOfRole(roles, 'weights', inputs)[0],
    options: { ...options, seed: recipe.seed },
  };
  await paintPicture(job, target, context, { until, round });
}

import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { styleOptions } from '../../style/index.ts';
import { filesOfRole } from '../recipe-inputs.ts';
import type { StyleJob } from '../style/job.ts';
import { paintPicture } from '../style/picture.ts';
import type { Remake } from './command.ts';
import { backboneName, parseRecipe } from './parse-recipe.ts';

const recorded = z.object({
  ...styleOptions.omit({ seed: true, maxMemory: true }).shape,
  backbone: backboneName.default('vgg19'),
  roles: z.unknown().optional(),
});

/** Paints a painting again. */
export async function remakeStyle({ recipe, inputs, target, context }: Remake): Promise<void> {
  if (recipe.options.fast === true) {
    throw new InputError(
      'remake: this picture was painted by a trained style; paint it again with: latentbrush style apply <run> <picture>',
    );
  }
  const { roles, backbone, ...options } = parseRecipe(recorded, recipe.options);
  const [content] = filesOfRole(roles, 'content', inputs);
  const styles = filesOfRole(roles, 'styles', inputs);
  if (content === undefined || styles.length === 0)
    throw new InputError('remake: the recipe of this picture names no content or no style picture');
  const job: StyleJob = {
    content,
    styles,
    masks: filesOfRole(roles, 'masks', inputs),
    backbone,
    weights: filesOfRole(roles, 'weights', inputs)[0],
    options: { ...options, backbone, seed: recipe.seed },
  };
  await paintPicture(job, target, context);
}

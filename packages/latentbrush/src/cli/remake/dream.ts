import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { preprocessings, type PreprocessingName } from '../../backbones/index.ts';
import { dreamOptions } from '../../dream/index.ts';
import { checkPixels } from '../../image/index.ts';
import { dreamExploration } from '../dream/exploration.ts';
import { dreamIntoZoom } from '../dream/film.ts';
import type { DreamJob } from '../dream/job.ts';
import { dreamPicture } from '../dream/picture.ts';
import type { DreamSource } from '../dream/source.ts';
import { filesOfRole } from '../recipe-inputs.ts';
import type { Remake } from './command.ts';
import { backboneName, parseRecipe } from './parse-recipe.ts';

const recorded = z.object({
  ...dreamOptions.omit({ seed: true }).shape,
  backbone: backboneName.default('inception_v3'),
  preprocessing: z.enum(Object.keys(preprocessings) as [PreprocessingName]).optional(),
  size: z.int().min(1).optional(),
  noise: z.object({ height: z.int().min(1), width: z.int().min(1) }).optional(),
  explore: z.int().optional(),
  film: z.object({ frames: z.int(), zoom: z.number(), framesPerSecond: z.number() }).optional(),
  carry: z.number().optional(),
  roles: z.unknown().optional(),
});

/** Dreams a dream again. */
export async function remakeDream({ recipe, inputs, target, context }: Remake): Promise<void> {
  const { backbone, preprocessing, size, noise, explore, film, carry, roles, ...options } = parseRecipe(
    recorded,
    recipe.options,
  );
  const file = (role: string): string | undefined => filesOfRole(roles, role, inputs)[0];
  const picture = file('picture');
  const own = file('backbone');
  const job: DreamJob = {
    // Recipes may tell flags that changed nothing when they were taken without a word.
    ...(own === undefined ? { backbone, weights: file('weights') } : { backbone: own, preprocessing }),
    // An exploration for which no layers were chosen has its own.
    options: {
      ...options,
      layers: recipe.options.layers === undefined ? undefined : options.layers,
      seed: recipe.seed,
    },
    guide: file('guide'),
    mask: file('mask'),
    size,
  };
  if (carry !== undefined)
    throw new InputError('remake: a film that was dreamed on the frames of a folder cannot be made again');
  if (picture === undefined && noise === undefined)
    throw new InputError('remake: the recipe of this picture names no picture and no noise to dream on');
  if (picture === undefined) checkPixels('remake: the noise of this recipe', noise!);
  const source: DreamSource =
    picture === undefined ? { type: 'noise', ...noise! } : { type: 'picture', path: picture };
  if (explore !== undefined) await dreamExploration(job, source, explore, target, context);
  else if (film !== undefined) await dreamIntoZoom(job, source, film, target, context);
  else await dreamPicture(job, source, target, context);
}

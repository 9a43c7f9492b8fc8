import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { preprocessings, type PreprocessingName } from '../../pretrained/index.ts';
import { dreamOptions } from '../../dream/index.ts';
import { checkPixels } from '../../image/index.ts';
import { dreamExploration } from '../dream/exploration.ts';
import { dreamIntoZoom, dreamOnFrames } from '../dream/film.ts';
import type { DreamJob } from '../dream/job.ts';
import { dreamPicture } from '../dream/picture.ts';
import type { DreamSource } from '../dream/source.ts';
import { filesOfRole } from '../recipe-inputs.ts';
import { recordedTransparentMask } from '../transparent-mask.ts';
import type { Remake } from './command.ts';
import { backboneName, parseRecipe } from './parse-recipe.ts';
import { frameNumber, framesPerSecond, readingRules, sourceFrame, stoppedAtFrame } from './recorded-film.ts';

const number = z.int().min(1);

const recorded = z
  .object({
    ...dreamOptions.omit({ seed: true }).shape,
    backbone: backboneName.default('inception_v3'),
    preprocessing: z.enum(Object.keys(preprocessings) as [PreprocessingName]).optional(),
    size: number.optional(),
    noise: z.object({ height: number.max(65_535), width: number.max(65_535) }).optional(),
    explore: z.int().optional(),
    explores: z.enum(['channels', 'layers']).default('layers'), // version 0.1.0 does not say
    film: z.object({ frames: z.int(), zoom: z.number(), framesPerSecond: z.number() }).optional(),
    carry: z.number().optional(),
    framesPerSecond,
    rules: readingRules,
    frame: frameNumber,
    sourceFrame,
    octave: number.optional(),
    stoppedAt: z
      .union([
        z.object({ octave: number, iteration: z.int().min(0) }),
        z.object({ mix: number }),
        stoppedAtFrame,
      ])
      .optional(),
    transparentMask: recordedTransparentMask,
    roles: z.unknown().optional(),
  })
  .refine(({ octave = 0, octaves }) => octave <= octaves, { path: ['octave'], error: 'there are fewer' });

/** Dreams a dream again. */
export async function remakeDream({ recipe, inputs, target, context }: Remake): Promise<void> {
  const {
    backbone,
    preprocessing,
    size,
    noise,
    explore,
    explores,
    film,
    carry,
    framesPerSecond,
    rules,
    frame,
    sourceFrame: ofSource,
    octave,
    stoppedAt,
    transparentMask,
    roles,
    ...options
  } = parseRecipe(recorded, recipe.options);
  const file = (role: string): string | undefined => filesOfRole(roles, role, inputs)[0];
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
    transparentMask,
    explores,
    size,
  };
  const part = { until: stoppedAt && 'frame' in stoppedAt ? stoppedAt.frame : undefined, frame, rules };
  if (carry !== undefined) {
    const folder = file('frames');
    if (folder === undefined)
      throw new InputError(
        'remake: the recipe of this film does not name the folder of frames that it was dreamed on; dream it again with: latentbrush dream <folder>',
      );
    await dreamOnFrames(job, folder, { carry, framesPerSecond }, target, context, part);
    return;
  }
  const picture = file('picture');
  if (picture === undefined && noise === undefined)
    throw new InputError('remake: the recipe of this picture names no picture and no noise to dream on');
  if (picture === undefined) checkPixels('remake: the noise of this recipe', noise!);
  const source: DreamSource =
    picture === undefined
      ? { type: 'noise', ...noise! }
      : { type: 'picture', path: picture, frame: ofSource };
  if (explore !== undefined) {
    const until = stoppedAt && 'mix' in stoppedAt ? stoppedAt.mix : undefined;
    await dreamExploration(job, source, explore, target, context, until);
  } else if (film !== undefined) await dreamIntoZoom(job, source, film, target, context, part);
  else {
    const until = stoppedAt && 'octave' in stoppedAt ? stoppedAt : undefined;
    await dreamPicture(job, source, target, context, { until, octave });
  }
}

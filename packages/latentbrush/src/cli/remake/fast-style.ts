import { InputError } from '@latentbrush/engine';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { filesOfRole } from '../../jobs/recipe-inputs.ts';
import { AppliedStyle } from '../style/applied-style.ts';
import { applyToFilm } from '../style/apply-film.ts';
import { applyToPicture } from '../style/apply-picture.ts';
import type { Remake } from './command.ts';
import { parseRecipe } from './parse-recipe.ts';
import { frameNumber, framesPerSecond, readingRules, sourceFrame, stoppedAtFrame } from './recorded-film.ts';

const recorded = z.object({
  size: z.int().min(1).optional(),
  threads: z.int().min(1).max(1024).optional(),
  framesPerSecond,
  rules: readingRules,
  frame: frameNumber,
  sourceFrame,
  stoppedAt: stoppedAtFrame.optional(),
  roles: z.unknown().optional(),
});

/** Paints again what a trained style has painted. */
export async function remakeFastStyle({ recipe, inputs, target, context }: Remake): Promise<void> {
  const {
    size,
    threads,
    framesPerSecond,
    rules,
    frame,
    sourceFrame: ofSource,
    stoppedAt,
    roles,
  } = parseRecipe(recorded, recipe.options);
  const file = (role: string): string | undefined => filesOfRole(roles, role, inputs)[0];
  const [checkpoint, picture, frames] = [file('checkpoint'), file('picture'), file('frames')];
  if (checkpoint === undefined || (picture === undefined && frames === undefined))
    throw new InputError(
      'remake: the recipe of this picture does not name what it was painted from; paint it again with: latentbrush style apply <run> <picture>',
    );
  const run = dirname(dirname(resolve(checkpoint)));
  const applied = await AppliedStyle.load(run, { checkpoint, size, threads });
  try {
    if (picture !== undefined) await applyToPicture(applied, picture, target, context, ofSource);
    else {
      const part = { until: stoppedAt?.frame, frame, rules };
      await applyToFilm(applied, frames!, framesPerSecond, target, context, part);
    }
  } finally {
    await applied.release();
  }
}

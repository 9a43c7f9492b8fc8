import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { inPlainWords } from '../../../option-words.ts';
import { backboneCatalogue, type BackboneName } from '../../../pretrained/index.ts';

/** The network of a recipe: one known by name. A path would be one on the machine of whoever got the picture. */
export const backboneName = z.enum(Object.keys(backboneCatalogue) as [BackboneName]);

/**
 * The options of a recipe, checked: anybody may have written it.
 * @throws InputError naming the option that does not fit
 */
export function parseRecipe<S extends z.ZodType>(schema: S, options: unknown): z.output<S> {
  const parsed = schema.safeParse(options, { error: inPlainWords });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError(
    `remake: the recipe of this picture does not fit this version (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''})`,
  );
}

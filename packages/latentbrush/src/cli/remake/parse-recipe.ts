import { InputError } from '@latentbrush/engine';
import type { z } from 'zod';

/**
 * The options of a recipe, checked: anybody may have written it.
 * @throws InputError naming the option that does not fit
 */
export function parseRecipe<S extends z.ZodType>(schema: S, options: unknown): z.output<S> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError(
    `remake: the recipe of this picture does not fit this version (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''})`,
  );
}

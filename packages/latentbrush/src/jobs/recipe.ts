import { recipe, type Recipe } from '../image/index.ts';
import type { RecordedInputs } from './recipe-inputs.ts';

/**
 * The recipe of a job's result: name, options, and hashes of the inputs.
 * @param job its name, such as `dream.picture`; the part before the dot is the system
 */
export function jobRecipe(
  job: string,
  { inputs, roles }: RecordedInputs,
  { seed, ...options }: Readonly<Record<string, unknown>> & { readonly seed: number },
): Recipe {
  const system = job.slice(0, job.indexOf('.'));
  return recipe({ system, job, seed, options: { ...options, roles }, inputs });
}

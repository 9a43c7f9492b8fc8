import { encodeRecipe, type Recipe } from '../../image/index.ts';
import type { JobWork } from '../job.ts';

/**
 * The recipe to store in a picture: none, with a note, when it is too long for the file, for example when
 * many points were given as numbers.
 */
export async function storable(
  recipe: Recipe,
  { report }: Pick<JobWork, 'report'>,
): Promise<{ readonly recipe?: Recipe }> {
  try {
    encodeRecipe(recipe);
    return { recipe };
  } catch {
    await report.note(
      'the recipe is too long for the picture file, so remake cannot use it; give the points as a .json file',
    );
    return {};
  }
}

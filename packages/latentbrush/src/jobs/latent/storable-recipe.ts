import { encodeRecipe, type Recipe } from '../../image/index.ts';
import type { JobWork } from '../job.ts';

/**
 * A recipe for the options of whoever writes a picture: none, with a note, when it is too long for its file, as where many points were
 * given as numbers.
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
      'how this was made is too long for the file of a picture, so that it cannot be made again from it; give points as a .json file',
    );
    return {};
  }
}

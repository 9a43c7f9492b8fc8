import { fileFormat } from '../read/file-format.ts';
import { gifXmp } from './gif-xmp.ts';
import { loadSharp } from '../load-sharp.ts';
import { mp4Xmp } from './mp4-xmp.ts';
import { readPictureBytes } from '../read/picture-bytes.ts';
import { decodeRecipe, type Recipe } from './recipe.ts';
import { recipeTextOf } from './recipe-xmp.ts';

/**
 * The recipe in the file of a picture or an animation; undefined without one, or when the file is no picture.
 * @throws InputError when the file cannot be read, or its recipe is damaged or from a newer version
 * @example
 * const made = await image.readRecipe('cat.jpg');
 * console.log(made); // undefined
 */
export async function readRecipe(path: string): Promise<Recipe | undefined> {
  const bytes = await readPictureBytes(path);
  const text = recipeTextOf(await xmpOf(bytes));
  return text === undefined ? undefined : decodeRecipe(text, path);
}

async function xmpOf(bytes: Uint8Array): Promise<string> {
  const { readable } = fileFormat(bytes);
  if (readable === undefined) return mp4Xmp(bytes); // empty for anything else
  if (readable === 'GIF') return gifXmp(bytes);
  const sharp = await loadSharp();
  try {
    const { xmp } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return xmp?.toString() ?? '';
  } catch {
    return ''; // a damaged picture has no recipe; reading its pixels reports the fault
  }
}

import { InputError, type Random } from '@latentbrush/engine';
import { picture, type Picture } from '../image/index.ts';

/** Grey with a little noise in each colour: the start of feature visualisation. */
export function noisePicture(height: number, width: number, random: Random): Picture {
  const result = picture(3, height, width);
  for (let i = 0; i < result.data.length; i++) result.data[i] = 127.5 + 12.75 * random.normal();
  return result;
}

/**
 * Reads `600x400`, width before height as people say it.
 * @throws InputError when it is not a size
 */
export function parseSize(text: string, flag: string): { height: number; width: number } {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(text) ?? [];
  if (Number(width) >= 1 && Number(height) >= 1) return { height: Number(height), width: Number(width) };
  throw new InputError(`${flag}: "${text}" is not a size; write WIDTHxHEIGHT, as 600x400`);
}

import { checkPixels } from './pixel-limit.ts';
import { OptionError, words, type OptionName } from '../words.ts';

/**
 * Reads `600x400`, width before height as people say it.
 * @param name of what it is the size, for the message
 * @throws InputError when it is not a size, or that of an enormous picture
 * @example
 * console.log(image.parseSize('600x400', 'size')); // { height: 400, width: 600 }
 */
export function parseSize(text: string, name: string | OptionName): { height: number; width: number } {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text)?.map(Number) ?? [];
  if (width === undefined || height === undefined || width < 1 || height < 1)
    throw new OptionError(words`${name}: "${text}" is not a size; write WIDTHxHEIGHT, as 600x400`);
  checkPixels(name, { height, width });
  return { height, width };
}

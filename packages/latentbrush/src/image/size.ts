import { checkPixels } from './pixel-limit.ts';
import { OptionError, words, type OptionName } from '../words.ts';

/**
 * Parses `600x400`, width before height. @param name what has the size, for the message @throws InputError when it is no size, or an
 * enormous one
 * @example
 * console.log(image.parseSize('600x400', 'size')); // { height: 400, width: 600 }
 */
export function parseSize(text: string, name: string | OptionName): { height: number; width: number } {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text)?.map(Number) ?? [];
  if (width === undefined || height === undefined || width < 1 || height < 1)
    throw new OptionError(words`${name}: "${text}" is not a size; write WIDTHxHEIGHT, such as 600x400`);
  checkPixels(name, { height, width });
  return { height, width };
}

import { InputError } from '@latentbrush/engine';

/**
 * Reads `600x400`, width before height as people say it.
 * @throws InputError when it is not a size
 */
export function parseSize(text: string, flag: string): { height: number; width: number } {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(text) ?? [];
  if (Number(width) >= 1 && Number(height) >= 1) return { height: Number(height), width: Number(width) };
  throw new InputError(`${flag}: "${text}" is not a size; write WIDTHxHEIGHT, as 600x400`);
}

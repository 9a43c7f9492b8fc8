import { InputError } from '@latentbrush/engine';
import type { ImageDataset } from './image-dataset.ts';

// A hyphen in a word belongs to it: "medium-light skin tone" is not "light skin tone".
const WORD = /[\p{L}\p{M}\p{N}]+(?:-[\p{L}\p{M}\p{N}]+)*/gu;

/** The words of a text, in lower case and in NFC, so that it does not matter how accents were typed. */
export function wordsOf(text: string): string[] {
  return text.normalize('NFC').toLowerCase().match(WORD) ?? [];
}

/**
 * Whether a text contains these words, one after the other, as whole words.
 * @param wanted as {@link wordsOf} gives them
 */
export function holdsWords(text: string, wanted: readonly string[]): boolean {
  const words = wordsOf(text);
  for (let start = 0; start + wanted.length <= words.length; start++) {
    if (wanted.every((word, i) => word === words[start + i])) return true;
  }
  return false;
}

/**
 * Indices of the pictures whose caption or class name contains these words, one after the other, as whole words, in upper or lower case.
 * "smiling" finds "grinning face with smiling eyes", "light skin tone" does not find "medium-light skin tone".
 * @returns in rising order; empty when there are none
 * @throws InputError when the query has no word
 * @example
 * const { train } = await data.loadImageDataset('emoji:faces', { size: 16 });
 * const [first] = data.matching(train, 'frowning');
 * console.log(train.captions?.[first!]);
 */
export function matching({ labels, captions, count }: ImageDataset, query: string): number[] {
  const wanted = wordsOf(query);
  if (wanted.length === 0)
    throw new InputError(`"${query}": has no word to search for; give a word such as "smiling"`);
  const found: number[] = [];
  for (let i = 0; i < count; i++) {
    if (holdsWords(captions?.[i] ?? '', wanted) || holdsWords(labels?.[i] ?? '', wanted)) found.push(i);
  }
  return found;
}

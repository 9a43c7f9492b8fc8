import { JobCall, OptionName, type Words } from '../../words.ts';
import type { StoredWords } from './job-queue.ts';

/** A sentence in the form for files and pages: neighbouring texts are joined. */
export function storedWords(sentence: Words | string): StoredWords {
  if (typeof sentence === 'string') return [sentence];
  const parts: StoredWords[number][] = [];
  for (const part of sentence.parts) {
    const last = parts.at(-1);
    if (part instanceof OptionName) parts.push({ option: part.name });
    else {
      const text = part instanceof JobCall ? part.advised.job : part;
      if (typeof last === 'string') parts[parts.length - 1] = last + text;
      else if (text !== '') parts.push(text);
    }
  }
  return parts;
}

import type { Words } from '../../jobs/public.ts';
import type { StoredWords } from './job-queue.ts';

/** A sentence in the form for files and pages: neighbouring texts are joined. */
export function storedWords(sentence: Words | string): StoredWords {
  if (typeof sentence === 'string') return [sentence];
  const parts: StoredWords[number][] = [];
  for (const part of sentence.parts) {
    const last = parts.at(-1);
    if (typeof part !== 'string') parts.push({ option: part.name });
    else if (typeof last === 'string') parts[parts.length - 1] = last + part;
    else if (part !== '') parts.push(part);
  }
  return parts;
}

/** The author of a character: the user or the network. */
export type Author = 'y' | 'm';

/** A text with the author of each of its characters (UTF-16 code units): `y` for the user, `m` for the network. */
export interface Authored {
  readonly text: string;
  readonly authors: string;
}

/** A part of a text by one author. */
export interface Passage {
  readonly author: Author;
  readonly text: string;
}

/** A text after an edit in one place: unchanged parts keep their authors, the new part has this one. */
export function edited({ text: before, authors }: Authored, text: string, author: Author): Authored {
  const most = Math.min(before.length, text.length);
  let start = 0;
  while (start < most && before[start] === text[start]) start += 1;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === text[text.length - 1 - end]) end += 1;
  const written = author.repeat(text.length - start - end);
  return { text, authors: authors.slice(0, start) + written + authors.slice(authors.length - end) };
}

/** The passages of a text, in order. */
export function passagesOf({ text, authors }: Authored): Passage[] {
  const passages: Passage[] = [];
  let start = 0;
  for (let end = 1; end <= text.length; end++) {
    if (end < text.length && authors[end] === authors[start]) continue;
    passages.push({ author: authors[start] === 'm' ? 'm' : 'y', text: text.slice(start, end) });
    start = end;
  }
  return passages;
}

/** The share of a text that the network wrote, 0 to 1. */
export function shareOfNetwork({ authors }: Authored): number {
  return authors.length === 0 ? 0 : authors.replaceAll('y', '').length / authors.length;
}

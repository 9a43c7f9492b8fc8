import type { LearnedConcept } from 'latentbrush/studio';
import type { Say, WordKey } from '../../words/index.ts';

/** The name of a concept: the person's own word, or the page's for one that comes with Latentbrush. */
export function conceptTitle({ name, isPretrained }: LearnedConcept, say: Say): string {
  const key = `concept.${name}` as WordKey;
  const said = isPretrained === true ? say(key) : key;
  return said === key ? name : said; // without a text, the key itself is said
}

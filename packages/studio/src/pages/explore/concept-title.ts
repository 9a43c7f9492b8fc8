import type { LearnedConcept } from 'latentbrush/studio';
import type { Say, WordKey } from '../../words/index.ts';

/** The name of a concept as the page shows it. Concepts that come with Latentbrush have names in each language. */
export function conceptTitle({ name, isPretrained }: LearnedConcept, say: Say): string {
  const key = `concept.${name}` as WordKey;
  const said = isPretrained === true ? say(key) : key;
  return said === key ? name : said; // without a text, the key itself is returned
}

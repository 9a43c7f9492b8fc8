import { withParticles } from './particles.ts';

/** Sentences of the program with numbered values, and what they mean in another language: `{0}: is empty`, `{0}: 비어 있습니다`. `{n}` is a count. */
export type Catalogue = Readonly<Record<string, string>>;

/** Longer texts are no sentences; they stay as they are. */
const LONGEST = 4000;

/** How many sentences may lie in one another, and how many texts are looked up for one sentence. */
const DEEPEST = 5;
const MOST_LOOKUPS = 60;

/** Marks between two sentences that the program joins: a name and its error, an error and its advice. */
const JOINTS = [': ', '; ', ', '] as const;

interface Sentence {
  /** The texts around the values. */
  readonly texts: readonly string[];
  /** For each value: whether it is a count, and whether it stands in quotes, so that it is the word of a person. */
  readonly values: readonly {
    readonly name: string;
    readonly isCount: boolean;
    readonly isQuoted: boolean;
  }[];
  readonly translation: string;
}

/** Finds sentences of the program and says them in another language. Each text is searched from left to right once, without regular expressions. */
export class Translator {
  readonly #sentences: readonly Sentence[];

  constructor(catalogue: Catalogue) {
    const weight = ({ texts }: Sentence): number => texts.join('').length;
    // The one with most words is the one that was meant.
    this.#sentences = Object.entries(catalogue)
      .map(([template, translation]) => sentenceOf(template, translation))
      .sort((a, b) => weight(b) - weight(a));
  }

  /** A sentence in the other language; undefined if it is not known. */
  translate(text: string): string | undefined {
    if (text.length > LONGEST) return undefined;
    return this.#say(text, { left: MOST_LOOKUPS }, 0);
  }

  #say(text: string, lookups: { left: number }, depth: number): string | undefined {
    if (depth > DEEPEST || lookups.left-- <= 0 || !/[a-z]/.test(text)) return undefined;
    for (const sentence of this.#sentences) {
      const values = valuesIn(text, sentence);
      if (values === undefined) continue;
      const said = values.map((value, index) => {
        const { name, isQuoted } = sentence.values[index]!;
        return [name, isQuoted ? value : (this.#say(value, lookups, depth + 1) ?? value)] as const;
      });
      return filled(sentence.translation, new Map(said));
    }
    return this.#saidInParts(text, lookups, depth);
  }

  /** Two sentences that are joined, or a name and a sentence. */
  #saidInParts(text: string, lookups: { left: number }, depth: number): string | undefined {
    for (const joint of JOINTS) {
      for (let at = text.indexOf(joint); at >= 0 && lookups.left > 0; at = text.indexOf(joint, at + 1)) {
        const [left, right] = [text.slice(0, at), text.slice(at + joint.length)];
        const end = this.#say(right, lookups, depth + 1);
        if (end === undefined) continue;
        return (this.#say(left, lookups, depth + 1) ?? left) + joint + end;
      }
    }
    return undefined;
  }
}

function sentenceOf(template: string, translation: string): Sentence {
  const texts = template.split(/\{\w+\}/);
  const values = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ''], index) => ({
    name,
    isCount: name === 'n',
    isQuoted: /["']$/.test(texts[index]!) && /^["']/.test(texts[index + 1]!),
  }));
  return { texts, values, translation };
}

/** The values of a sentence in a text; undefined if the text is another sentence. */
function valuesIn(text: string, { texts, values }: Sentence): string[] | undefined {
  const first = texts[0]!;
  const last = texts.at(-1)!;
  if (values.length === 0) return text === first ? [] : undefined;
  if (!text.startsWith(first) || !text.endsWith(last)) return undefined;
  const end = text.length - last.length;
  const found: string[] = [];
  let from = first.length;
  for (const [index, { isCount }] of values.entries()) {
    const isLast = index === values.length - 1;
    const to = isLast ? end : text.indexOf(texts[index + 1]!, from);
    if (to < from || to > end) return undefined;
    const value = text.slice(from, to);
    if (isCount && !/^[\d,]+$/.test(value)) return undefined;
    found.push(value);
    from = to + (isLast ? 0 : texts[index + 1]!.length);
  }
  return found;
}

/** A template with its values, by their names in the template. */
function filled(template: string, values: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [index, part] of template.split(/\{(\w+)\}/).entries())
    text += index % 2 === 0 ? withParticles(text, part) : (values.get(part) ?? '');
  return text;
}

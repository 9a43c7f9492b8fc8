import { InputError } from '@latentbrush/engine';
import { distance } from 'fastest-levenshtein';
import { emojiSetNames, type Emoji, type EmojiSetName } from './emoji-sets.ts';
import { holdsWords, wordsOf } from '../images/matching.ts';

/** The subset of round yellow faces. */
const FACES = 'faces';

/** Faces that are not yellow, round and upright, or that are mostly hidden by what they wear or hold. */
const NOT_YELLOW_FACES = new Set([
  'angry face with horns',
  'anxious face with sweat',
  'clown face',
  'cold face',
  'cowboy hat face',
  'cracking face',
  'disguised face',
  'distorted face',
  'dotted line face',
  'enraged face',
  'face in clouds',
  'face screaming in fear',
  'face vomiting',
  'face with peeking eye',
  'face with symbols on mouth',
  'fearful face',
  'hot face',
  'melting face',
  'nauseated face',
  'partying face',
  'pouting face',
  'saluting face',
  'shaking face',
  'smiling face with horns',
  'sneezing face',
  'upside down face',
]);

/** Width of a plain face in each set's own units. */
const FACE_WIDTH: Readonly<Record<EmojiSetName, number>> = {
  noto: 116,
  twemoji: 36,
  'fluent-emoji-flat': 28,
  openmoji: 48.1,
};

/** Width of a face as a share of the picture. */
const FACE_SHARE = 0.94;

/** Everything that determines which faces there are and how they are framed, as plain JSON. Drawings by other rules are stale. */
export const faceRules = { without: [...NOT_YELLOW_FACES], width: FACE_WIDTH, share: FACE_SHARE };

/** A query for some of the emoji. */
export interface EmojiQuery {
  /** Its conditions, in lower case and sorted, so that a query has one form. */
  readonly terms: readonly string[];
  /** Sets to search. */
  readonly sets: readonly EmojiSetName[];
}

/**
 * Parses the text after `emoji:`: terms separated by commas, all of which must match. A term is `faces`, the name of a set, a category or a
 * word of it (`animals`), or words of an emoji's name (`cat`, `dark skin tone`).
 */
export function parseEmojiQuery(text: string): EmojiQuery {
  const terms = text
    .normalize('NFC')
    .toLowerCase()
    .split(',')
    .map((term) => term.trim())
    .filter((term) => term !== '');
  const named = emojiSetNames.filter((set) => terms.includes(set));
  const unknown = terms.find((term) => wordsOf(term).length === 0);
  if (unknown !== undefined)
    throw new InputError(
      `emoji:${text}: "${unknown}" has no word to search for; try emoji:faces or emoji:cat`,
    );
  return { terms: [...new Set(terms)].sort(), sets: named.length === 0 ? emojiSetNames : named };
}

/**
 * The emoji of a query, in their order. Faces are framed so that they have one size in all sets.
 * @throws InputError when there are none; the message lists the possibilities
 */
export function selectEmoji(all: readonly Emoji[], { terms, sets }: EmojiQuery): Emoji[] {
  const categories = [...new Set(all.map(({ category }) => category))];
  let found = all.filter(({ set }) => sets.includes(set));
  for (const term of terms.filter((term) => !(emojiSetNames as readonly string[]).includes(term))) {
    found = found.filter(filterOf(term, categories));
  }
  if (found.length === 0) throw noneFound(terms, all, categories);
  return terms.includes(FACES) ? found.map(framed) : found;
}

function filterOf(term: string, categories: readonly string[]): (emoji: Emoji) => boolean {
  if (term === FACES) return isYellowFace;
  const wanted = wordsOf(term);
  const named = categories.filter((category) => holdsWords(category, wanted));
  return named.length > 0
    ? ({ category }) => named.includes(category)
    : ({ name }) => holdsWords(name, wanted);
}

function isYellowFace({ category, name }: Emoji): boolean {
  return (
    category === 'Smileys & Emotion' &&
    (name === 'star struck' || holdsWords(name, ['face'])) &&
    !NOT_YELLOW_FACES.has(name)
  );
}

/** The sets draw faces in several sizes: the frame is set so that all faces have the same share of it. */
function framed(emoji: Emoji): Emoji {
  const { drawing, set } = emoji;
  const side = FACE_WIDTH[set] / FACE_SHARE;
  const [left, top] = [drawing.left + (drawing.width - side) / 2, drawing.top + (drawing.height - side) / 2];
  return { ...emoji, drawing: { body: drawing.body, left, top, width: side, height: side } };
}

function noneFound(
  terms: readonly string[],
  all: readonly Emoji[],
  categories: readonly string[],
): InputError {
  const words = new Set(all.flatMap(({ name }) => wordsOf(name)).concat(FACES, ...categories.map(wordsOf)));
  const term = terms.find((term) => !all.some(filterOf(term, categories))) ?? '';
  const near = [...words]
    .map((word) => ({ word, far: distance(word, term) }))
    .filter(({ word, far }) => far <= word.length / 2)
    .sort((a, b) => a.far - b.far)
    .slice(0, 3);
  const hint = near.length > 0 ? `; nearest: ${near.map(({ word }) => word).join(', ')}` : '';
  return new InputError(
    `emoji:${terms.join(',')}: there are no such emoji${hint}; give faces, a set (${emojiSetNames.join(', ')}), ` +
      `a category (${categories.join(', ')}) or a word of their names`,
  );
}

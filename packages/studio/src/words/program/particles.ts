/** Particles as a template writes them after a value, each with its forms after a final consonant and after a vowel. */
const PARTICLES: readonly (readonly [written: string, consonant: string, vowel: string])[] = [
  ['은(는)', '은', '는'],
  ['이(가)', '이', '가'],
  ['을(를)', '을', '를'],
  ['과(와)', '과', '와'],
  ['(으)로', '으로', '로'],
  ['(이)라는', '이라는', '라는'],
  ['(이)나', '이나', '나'],
];

/** Final consonants of the digits as they are read: 영, 일, 이, 삼, 사, 오, 육, 칠, 팔, 구. */
const DIGITS = ['ㅇ', 'ㄹ', '', 'ㅁ', '', '', 'ㄱ', 'ㄹ', 'ㄹ', ''];

/** How far behind a particle its word is looked for: past quotes and brackets. */
const MOST_MARKS = 4;

/**
 * Chooses the particle after each value by the sound before it. After letters that are not Korean, whose sound nobody can know, it stays in the
 * form for both: `cat.jpg을(를)`.
 */
export function withParticles(before: string, after: string): string {
  const marks = /^["'”’)\]]*/.exec(after)?.[0] ?? ''; // of the template, behind the value
  const rest = after.slice(marks.length);
  const particle = PARTICLES.find(([written]) => rest.startsWith(written));
  if (particle === undefined) return after;
  const [written, consonant, vowel] = particle;
  const final = finalSound(before);
  if (final === undefined) return after;
  const isVowel = final === '' || (written === '(으)로' && final === 'ㄹ');
  return marks + (isVowel ? vowel : consonant) + rest.slice(written.length);
}

/** The final consonant of a text: `''` for a vowel, undefined where it is not known. */
function finalSound(text: string): string | undefined {
  const end = text.slice(-MOST_MARKS).replace(/["'”’)\]]+$/, '');
  const last = end.at(-1) ?? '';
  if (/[0-9]/.test(last)) return DIGITS[Number(last)];
  const place = last.charCodeAt(0) - 0xac00;
  if (!(place >= 0 && place < 11_172)) return undefined;
  const consonant = place % 28;
  if (consonant === 0) return '';
  return consonant === 8 ? 'ㄹ' : 'ㅇ';
}

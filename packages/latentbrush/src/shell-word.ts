/**
 * The command line that calls this program with some words, as this person calls it (`npm start -- dream ...` in a clone), in quotes where a
 * shell needs them.
 */
export function commandLine(words: readonly string[]): string {
  return [process.env.LATENTBRUSH_COMMAND ?? 'latentbrush', ...words.map(shellWord)].join(' ');
}

/** A path as an argument: one that begins with a dash is no option. */
export function pathWord(path: string): string {
  return path.startsWith('-') ? `./${path}` : path;
}

/** A word of a command line, in quotes where a POSIX shell would not take it as one word. */
export function shellWord(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * A command line that calls this program with some words, in the user's form (`npm start -- dream ...` in a clone), with quotes where a
 * shell needs them.
 */
export function commandLine(words: readonly string[]): string {
  return [process.env.LATENTBRUSH_COMMAND ?? 'latentbrush', ...words.map(shellWord)].join(' ');
}

/** A path as an argument: one that begins with a dash is no option. */
export function pathWord(path: string): string {
  return path.startsWith('-') ? `./${path}` : path;
}

/** A word of a command line, in quotes if a POSIX shell would not read it as one word. */
export function shellWord(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

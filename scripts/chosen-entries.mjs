/**
 * The entries of a table that a command names, in the order of the table; all of them if it names none. An unknown name ends the process
 * with status 2, before anything is started.
 * @template T
 * @param {Readonly<Record<string, T>>} all
 * @param {readonly string[]} names
 * @param {string} kind what the names are, in the plural: `scenes`
 * @returns {[name: string, entry: T][]}
 */
export function chosenEntries(all, names, kind) {
  const unknown = names.find((name) => !Object.hasOwn(all, name));
  if (unknown !== undefined) {
    console.error(`${unknown} is not one of the ${kind} ${Object.keys(all).join(', ')}`);
    process.exit(2);
  }
  return Object.entries(all).filter(([name]) => names.length === 0 || names.includes(name));
}

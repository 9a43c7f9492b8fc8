/**
 * How many there are of something, in words: `1 round`, `2 rounds`, `12,000 rounds`.
 * @param one what one of them is called, as `round` or `weight was`
 * @param many what more or none of them are called; default: with an s
 */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

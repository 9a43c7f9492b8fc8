/**
 * A count with its noun: `1 round`, `2 rounds`, `12,000 rounds`.
 * @param one the singular, such as `round` or `weight was` @param many the plural, also for none; default: with an s
 */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

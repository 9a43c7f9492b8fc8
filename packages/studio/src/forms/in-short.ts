/** The value of an option in a few characters. */
export function inShort(value: unknown): string {
  if (Array.isArray(value)) return value.map(inShort).join(', ');
  if (typeof value === 'object' && value !== null) return Object.values(value).map(String).join(' ');
  return String(value);
}

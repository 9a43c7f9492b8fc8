/** `0.934` as `93.4 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/**
 * Evenly spread items of a long sequence, taken while it is read: all of them while they are at most `most`; of more, every second, then every
 * fourth, and so on, so that at least half of `most` are kept. The last one is always kept.
 */
export class Thinned<T> {
  readonly #most: number;
  #kept: T[] = [];
  #every = 1;
  #count = 0;
  #last: (() => T) | undefined;

  /** @param most at least 2 */
  constructor(most: number) {
    this.#most = most;
  }

  /** @param item makes the next item; it is called only for items that are kept */
  add(item: () => T): void {
    const isKept = this.#count % this.#every === 0;
    this.#count += 1;
    this.#last = isKept ? undefined : item;
    if (!isKept) return;
    this.#kept.push(item());
    if (this.#kept.length <= this.#most) return;
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
    this.#every *= 2;
    // the newest of an even number went with them
    if ((this.#count - 1) % this.#every !== 0) this.#last = item;
  }

  /** The items, in order. */
  items(): readonly T[] {
    return this.#last === undefined ? this.#kept : [...this.#kept, this.#last()];
  }
}

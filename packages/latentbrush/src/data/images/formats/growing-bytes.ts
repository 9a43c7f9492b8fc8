/** A buffer for appending bytes. Its capacity doubles when it is full. */
export class GrowingBytes {
  readonly #allow: (bytes: number) => void;
  #bytes = new Uint8Array(0);
  #length = 0;

  /** @param allow throws when that many bytes are too many; called before allocation */
  constructor(allow: (bytes: number) => void) {
    this.#allow = allow;
  }

  get length(): number {
    return this.#length;
  }

  /** Makes room for this many more bytes. */
  reserve(more: number): void {
    this.#grow(this.#length + more);
  }

  push(part: Uint8Array): void {
    const needed = this.#length + part.length;
    if (needed > this.#bytes.length) this.#grow(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.set(part, this.#length);
    this.#length = needed;
  }

  /** The appended bytes, in an array of exactly their length. */
  bytes(): Uint8Array {
    if (this.#bytes.length !== this.#length) this.#grow(this.#length);
    return this.#bytes;
  }

  #grow(capacity: number): void {
    this.#allow(this.#length + capacity); // both exist during the copy
    const larger = new Uint8Array(capacity);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** Finds the end of a text that arrives in pieces: before the first occurrence of a stop text. */
export class StopText {
  readonly #stop: string;
  #held = '';
  #found = false;

  /** @param stop the stop text; undefined: none */
  constructor(stop: string | undefined) {
    this.#stop = stop ?? '';
  }

  /** Whether it has appeared. */
  get found(): boolean {
    return this.#found;
  }

  /**
   * Processes the next chunk. @returns the part that certainly belongs to the text; a possible beginning of the stop text is buffered
   */
  add(piece: string): string {
    if (this.#stop === '') return piece;
    if (this.#found) return '';
    const text = this.#held + piece;
    const place = text.indexOf(this.#stop);
    this.#found = place >= 0;
    const end = this.#found ? place : text.length - this.#begun(text);
    this.#held = this.#found ? '' : text.slice(end);
    return text.slice(0, end);
  }

  /** The buffered part, at the end of the text. */
  rest(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  // Length of the longest end of the text that is a beginning of the stop text.
  #begun(text: string): number {
    let length = Math.min(text.length, this.#stop.length - 1);
    while (length > 0 && !this.#stop.startsWith(text.slice(-length))) length -= 1;
    return length;
  }
}

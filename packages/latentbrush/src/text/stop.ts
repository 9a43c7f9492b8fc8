/** Finds where a text ends that is written piece by piece: before the first place of another one. */
export class StopText {
  readonly #stop: string;
  #held = '';
  #found = false;

  /** @param stop what ends the text; undefined: nothing does */
  constructor(stop: string | undefined) {
    this.#stop = stop ?? '';
  }

  /** Whether it has appeared. */
  get found(): boolean {
    return this.#found;
  }

  /**
   * Takes the next piece.
   * @returns what belongs to the text for sure: what may be the beginning of the stop is held back
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

  /** What was held back, when nothing more is written. */
  rest(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  // Length of the longest end of the text with which the stop begins.
  #begun(text: string): number {
    let length = Math.min(text.length, this.#stop.length - 1);
    while (length > 0 && !this.#stop.startsWith(text.slice(-length))) length -= 1;
    return length;
  }
}

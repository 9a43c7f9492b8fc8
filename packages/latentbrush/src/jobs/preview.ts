import { fitWithin, type Picture } from '../image/index.ts';

/** How to request previews. */
export interface PreviewOptions {
  /** Least time between two previews, in milliseconds. */
  readonly every: number;
  /** Longest side in pixels (default: 512). */
  readonly size?: number | undefined;
}

/** Largest share of a job's time for previews. */
const SHARE = 0.02;

/**
 * Decides when to make a preview: not too often, and only while all of them need under 2 % of the time. It measures the time to make and to
 * show a preview: the studio encodes it and writes a file.
 */
export class PreviewClock {
  readonly #options: PreviewOptions | undefined;
  readonly #now: () => number;
  readonly #start: number;
  #last = -Infinity;
  #spent = 0;
  /** Time of the last one: the next will take about as long. */
  #each = 0;

  /** @param now the time in milliseconds */
  constructor(options: PreviewOptions | undefined, now: () => number = () => performance.now()) {
    this.#options = options;
    this.#now = now;
    this.#start = now();
  }

  /**
   * Makes the picture, resizes it and shows it, if one is due.
   * @param show resolves when it was shown
   */
  async show(picture: () => Picture, show: (picture: Picture) => Promise<void>): Promise<void> {
    if (this.#options === undefined) return;
    const { every, size = 512 } = this.#options;
    const begin = this.#now();
    if (begin - this.#last < every || this.#spent + this.#each > SHARE * (begin - this.#start)) return;
    await show(fitWithin(picture(), size));
    this.#last = begin;
    this.#each = this.#now() - begin;
    this.#spent += this.#each;
  }
}

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

/** Decides when to make a preview: not too often, and only while all of them need under 2 % of the time. */
export class PreviewClock {
  readonly #options: PreviewOptions | undefined;
  readonly #now: () => number;
  readonly #start: number;
  #last = -Infinity;
  #spent = 0;

  /** @param now the time in milliseconds */
  constructor(options: PreviewOptions | undefined, now: () => number = () => performance.now()) {
    this.#options = options;
    this.#now = now;
    this.#start = now();
  }

  /** The picture, made and resized, if one is due. */
  take(picture: () => Picture): Picture | undefined {
    if (this.#options === undefined) return undefined;
    const { every, size = 512 } = this.#options;
    const begin = this.#now();
    if (begin - this.#last < every || this.#spent > SHARE * (begin - this.#start)) return undefined;
    const shown = fitWithin(picture(), size);
    this.#last = begin;
    this.#spent += this.#now() - begin;
    return shown;
  }
}

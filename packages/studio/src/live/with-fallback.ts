import { giveUpGpu } from './gpu-choice.ts';
import type { LiveModel, Ran } from './live-runtime.ts';
import type { LiveArrays } from './messages.ts';

/** A model on the GPU. When a run fails there, or its first result is no picture, the model moves to the processor for good. */
export class WithFallback implements LiveModel {
  readonly #onGpu: LiveModel;
  readonly #load: () => Promise<LiveModel>;
  #onProcessor: Promise<LiveModel> | undefined;
  #isChecked = false;

  /** @param load loads the same model to run on the processor */
  constructor(onGpu: LiveModel, load: () => Promise<LiveModel>) {
    this.#onGpu = onGpu;
    this.#load = load;
  }

  async run(feeds: LiveArrays, fetches: readonly string[]): Promise<Ran> {
    const ran = this.#onProcessor === undefined ? await this.#tryGpu(feeds, fetches) : undefined;
    if (ran !== undefined) return ran;
    this.#onProcessor ??= this.#load();
    return (await this.#onProcessor).run(feeds, fetches);
  }

  release(): void {
    this.#onGpu.release();
    this.#onProcessor?.then(
      (model) => model.release(),
      () => undefined, // it was never loaded
    );
  }

  async #tryGpu(feeds: LiveArrays, fetches: readonly string[]): Promise<Ran | undefined> {
    try {
      const ran = await this.#onGpu.run(feeds, fetches);
      if (this.#isChecked || isSound(ran.outputs)) {
        this.#isChecked = true;
        return ran;
      }
    } catch {
      // for instance, the GPU was lost
    }
    giveUpGpu();
    return undefined;
  }
}

/** Whether all numbers of a result are finite, and not all of them 0: a driver at fault may compute nothing, and report no error. */
export function isSound(outputs: LiveArrays): boolean {
  return Object.values(outputs).every(
    ({ data }) =>
      !(data instanceof Float32Array) ||
      (data.every((value) => Number.isFinite(value)) && data.some((value) => value !== 0)),
  );
}

import { counted } from '../counted.ts';
import type { Output } from './output.ts';

/** Names what a job leaves out of a folder, at once and also with `--quiet`, and counts it. */
export class LeftOut {
  readonly #output: Output;
  #count = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** How much was left out so far. */
  get count(): number {
    return this.#count;
  }

  /** @param reason a line that begins with the path */
  readonly add = (path: string, reason: string): void => {
    this.#count += 1;
    this.#output.event({ type: 'skipped', path, reason });
    this.#output.important(`left out: ${reason}`);
  };

  /** Says at the end how much was left out. If anything was, the exit code is 1: not all that was asked for was done. */
  conclude(): void {
    if (this.#count === 0) return;
    this.#output.important(`${counted(this.#count, 'picture was', 'pictures were')} left out`);
    process.exitCode = 1;
  }
}

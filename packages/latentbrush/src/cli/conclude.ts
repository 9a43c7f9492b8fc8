import { endInterrupted } from './interrupt.ts';
import type { Output } from './output.ts';
import { counted } from '../counted.ts';

/** How a command came to what it wrote. */
export interface Conclusion {
  /** How far it came, in words, where it was interrupted before all was done: then the exit code says so. */
  readonly interrupted?: string | undefined;
  /** What the last event tells besides. */
  readonly figures?: Readonly<Record<string, unknown>>;
}

/** Says what a command has written, and whether it was interrupted. */
export function conclude(output: Output, path: string, conclusion: Conclusion = {}): void {
  const { interrupted, figures } = conclusion;
  const reason = interrupted === undefined ? 'finished' : 'aborted';
  output.event({ type: 'done', reason, ...figures, path });
  output.text(`${path}\n`);
  if (interrupted === undefined) return;
  output.note(`interrupted: ${interrupted}`);
  endInterrupted();
}

/**
 * How many of many things were done, for {@link conclude}: fewer than all is an interruption.
 * @param what one of them is called, as `frame`
 */
export function countOf(done: number, total: number, what: string): Conclusion {
  return {
    figures: { count: done },
    ...(done < total && { interrupted: `${done} of ${counted(total, what)}` }),
  };
}

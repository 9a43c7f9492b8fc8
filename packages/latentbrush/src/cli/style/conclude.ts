import { INTERRUPTED } from '../interrupt.ts';
import type { JobContext } from '../job-context.ts';

/** Says what was painted of many pictures, and whether that was interrupted. */
export function conclude(
  { output, signal }: Pick<JobContext, 'output' | 'signal'>,
  path: string,
  done: number,
  total: number,
  what: string,
): void {
  const reason = signal.aborted && done < total ? 'aborted' : 'finished';
  output.event({ type: 'done', reason, count: done, path });
  output.text(`${path}\n`);
  if (reason === 'finished') return;
  output.note(`interrupted: ${done} of ${total} ${what}`);
  process.exitCode = INTERRUPTED;
}

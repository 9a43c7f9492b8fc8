import { filesInUse } from '../../jobs/files-in-use.ts';
import type { JobContext } from '../../jobs/job.ts';
import { abortOnInterrupt } from '../terminal/interrupt.ts';
import { Output, type OutputOptions } from '../terminal/output.ts';
import type { WeightsFlags } from './weights-flags.ts';

/** What surrounds the job of a command: how it speaks, what stops it, and where weights are looked for. */
export interface CommandContext extends JobContext {
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** What surrounds the job of a command, as its flags say. */
export function commandContext({ dataDir, offline, ...given }: OutputOptions & WeightsFlags): CommandContext {
  const output = new Output(given);
  return { output, signal: abortOnInterrupt(output), dataDir, offline, files: filesInUse() };
}

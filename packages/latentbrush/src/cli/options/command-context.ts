import { filesInUse } from '../../jobs/files-in-use.ts';
import type { JobContext } from '../../jobs/job.ts';
import { abortOnInterrupt } from '../terminal/interrupt.ts';
import { Output, type OutputOptions } from '../terminal/output.ts';
import type { SourceFlags } from './source-flags.ts';

/** The context of a command's job: how it reports, what stops it, and where to look for weights. */
export interface CommandContext extends JobContext {
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** The context of a command's job, from its flags. */
export function commandContext({ dataDir, offline, ...given }: OutputOptions & SourceFlags): CommandContext {
  const output = new Output(given);
  return {
    output,
    signal: abortOnInterrupt(output, { preparing: true }),
    dataDir,
    offline,
    files: filesInUse(),
  };
}

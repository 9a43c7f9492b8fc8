import type { Output } from '../terminal/output.ts';
import type { WeightsFlags } from './weights-flags.ts';

/** How a command speaks, how it stops, and where weights are looked for. */
export interface JobContext extends WeightsFlags {
  readonly output: Output;
  readonly signal: AbortSignal;
}

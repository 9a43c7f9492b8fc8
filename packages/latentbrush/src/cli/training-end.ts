import { INTERRUPTED } from './interrupt.ts';
import type { Output } from './output.ts';

const REASONS = {
  finished: 'finished',
  'max-steps': 'reached --max-steps',
  'early-stopping': 'stopped early: no better loss for a while',
  aborted: 'interrupted and saved',
} as const;

/** How a training ended. */
export interface TrainingEnd {
  readonly reason: keyof typeof REASONS;
  readonly step: number;
  /** The folder of the run; nothing when none was kept. */
  readonly folder: string | undefined;
}

/**
 * Says how a training ended and what can be done next, and sets the exit code when it was interrupted.
 * @param resume the command that goes on, as `vae train`
 * @param next what can be done with the run: a word, and the command of it
 */
export function concludeTraining(
  { reason, step, folder = '' }: TrainingEnd,
  resume: string,
  next: readonly (readonly [word: string, command: string])[],
  output: Output,
): void {
  // How this person calls the program, for example `npm start --` in a clone.
  const command = process.env.LATENTBRUSH_COMMAND ?? 'latentbrush';
  const line = (word: string, what: string): void => output.note(`${`${word}:`.padEnd(8)}${command} ${what}`);
  output.note(`\n${REASONS[reason]} at step ${step}: ${folder}`);
  if (reason === 'aborted' || reason === 'max-steps') line('go on', `${resume} --resume ${folder}`);
  for (const [word, what] of next) line(word, what);
  if (reason === 'aborted') process.exitCode = INTERRUPTED;
}

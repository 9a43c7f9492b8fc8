import type { JobEvent } from '../../jobs/job.ts';
import { commandLine } from '../../shell-word.ts';
import { endInterrupted } from './interrupt.ts';
import type { Output } from './output.ts';
import { presentEvent } from './present.ts';

const REASONS = {
  finished: 'finished',
  'max-steps': 'reached --max-steps',
  'early-stopping': 'stopped early: the loss did not improve',
  aborted: 'interrupted and saved',
} as const;

/** How training ended. */
export interface TrainingEnd {
  readonly reason: keyof typeof REASONS;
  readonly step: number;
  /** The step where it started: 0 unless it was resumed. */
  readonly from: number;
  /** The folder of the run; undefined when none was kept. */
  readonly folder: string | undefined;
}

/** The commands around a training. */
export interface TrainingCommands {
  /** The words of the training command, such as `vae`, `train`. */
  readonly resume: readonly string[];
  /** The flag that says how long to train. */
  readonly length: '--epochs' | '--iterations';
  /** What can be done with the run: a word, and the command. */
  readonly next: readonly (readonly [word: string, command: readonly string[]])[];
}

/**
 * Shows a training, and finally prints uses of its run.
 * @param commands by the folder of the run
 */
export async function presentTraining(
  events: AsyncIterable<JobEvent>,
  commands: (folder: string) => TrainingCommands,
  output: Output,
): Promise<void> {
  let folder: string | undefined;
  let from = 0;
  for await (const event of events) {
    if (event.type === 'artefact') folder = event.path;
    if (event.type === 'metric' && event.data.type === 'start') from = Number(event.data.step);
    if (event.type !== 'done') presentEvent(event, output);
    else {
      output.event(event.data);
      const { step, reason } = event.data as unknown as TrainingEnd;
      concludeTraining({ reason, step, from, folder }, commands(folder ?? ''), output);
    }
  }
}

/**
 * Prints how training ended and what to do next, and sets the exit code when it was interrupted. `--quiet` keeps the line that says how to
 * continue.
 */
export function concludeTraining(
  { reason, step, from, folder = '' }: TrainingEnd,
  { resume, length, next }: TrainingCommands,
  output: Output,
): void {
  const line = (word: string, words: readonly string[]): string =>
    `${`${word}:`.padEnd(10)}${commandLine(words)}`;
  const goOn = line('continue', [...resume, '--resume', folder]);
  output.note('');
  if (reason === 'aborted') {
    output.important(`${REASONS.aborted} at step ${step}: ${folder}`);
    output.important(goOn);
    endInterrupted();
  } else if (step === from) {
    const more = reason === 'finished' ? length : reason === 'max-steps' ? '--max-steps' : undefined;
    const hint = more === undefined ? '' : `; raise ${more} to continue`;
    output.note(`${folder}: is already at step ${step} (${REASONS[reason]}); nothing to do${hint}`);
  } else {
    output.note(`${REASONS[reason]} at step ${step}: ${folder}`);
    if (reason === 'max-steps') output.note(goOn);
  }
  for (const [word, what] of next) output.note(line(word, what));
}

import { counted } from '../../counted.ts';
import { memoryWarning, mebibytes } from '../../jobs/train/free-memory.ts';
import type { TrainingEstimate } from '../../training/index.ts';
import type { Output } from './output.ts';
import { inTerminal } from './wording.ts';

/** Shows what a training will need. */
export function presentEstimate({ memory, seconds, steps }: TrainingEstimate, output: Output): void {
  output.event({ type: 'estimate', memory, seconds, steps });
  output.text(
    steps === 0
      ? 'nothing is left to train: the run has reached its length\n'
      : `about ${durationOf(seconds)} for ${counted(steps, 'step')}, about ${mebibytes(memory)} of memory\n`,
  );
  const tooMuch = memoryWarning(memory);
  if (tooMuch !== undefined) output.important(inTerminal(tooMuch));
}

/** A rough duration as people say it: `12 seconds`, `4 minutes`, `2.5 hours`. */
export function durationOf(seconds: number): string {
  if (seconds < 90) return counted(Math.max(1, Math.round(seconds)), 'second');
  if (seconds < 90 * 60) return counted(Math.round(seconds / 60), 'minute');
  return counted(Math.round(seconds / 360) / 10, 'hour');
}

import { counted } from '../../counted.ts';
import { flagOf } from '../../options.ts';
import type { EventData, JobEvent } from '../../jobs/job.ts';
import { Words } from '../../words.ts';
import { endInterrupted } from './interrupt.ts';
import type { Output } from './output.ts';

/** Flags whose names differ from the job's options. */
const FLAGS: Readonly<Record<string, string>> = {
  framesPerSecond: '--fps',
  sourceFrame: '--frame',
  output: '-o',
};

/** The option of a job that a flag without its dashes sets: `max-loss` is `maxLoss`. */
export function optionOfFlag(name: string): string {
  const other = Object.entries(FLAGS).find(([, flag]) => flag === `--${name}`)?.[0];
  return other ?? name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** An option of a job as it is written on the command line. */
export function flagOfOption(name: string): string {
  return FLAGS[name] ?? flagOf(name);
}

/**
 * Shows a job: its progress, measurements and results, and where it wrote. Sets the exit code when inputs
 * were left out or it was interrupted.
 */
export async function present(events: AsyncIterable<JobEvent>, output: Output): Promise<void> {
  for await (const event of events) {
    if (event.type === 'done') conclude(event, output);
    else presentEvent(event, output);
  }
}

/** Shows an event of a job other than its end. */
export function presentEvent(event: Exclude<JobEvent, { type: 'done' }>, output: Output): void {
  switch (event.type) {
    case 'progress':
      if (event.data !== undefined) output.event(event.data);
      output.progress(event.done, event.total, event.label);
      break;
    case 'metric':
    case 'sample':
      output.event(withFlags(event.data));
      if (event.text !== undefined) output.text(event.text);
      break;
    case 'note':
      output.note(event.words.written(flagOfOption));
      break;
    case 'warning':
      if (event.data !== undefined) output.event(withFlags(event.data));
      output.important(event.words.written(flagOfOption));
      break;
    case 'preview': // not shown here
    case 'artefact': // the last event names the requested results
  }
}

// Sentences among the figures also name options.
function withFlags(data: EventData): object {
  const written = ([name, value]: [string, unknown]): [string, unknown] => [
    name,
    value instanceof Words ? value.written(flagOfOption) : value,
  ];
  return Object.fromEntries(Object.entries(data).map(written));
}

function conclude(
  { data, text, reason, reached, leftOut }: JobEvent & { type: 'done' },
  output: Output,
): void {
  output.event(data);
  if (text !== undefined) output.text(text);
  else if (typeof data.path === 'string') output.text(`${data.path}\n`);
  if (leftOut > 0) {
    output.important(`${counted(leftOut, 'picture was', 'pictures were')} left out`);
    process.exitCode = 1; // part of the work was not done
  }
  if (reason === 'finished') return;
  output.note(`interrupted: ${reached ?? ''}`);
  endInterrupted();
}

import { counted } from '../../counted.ts';
import type { EventData, JobEvent } from '../../jobs/job.ts';
import { Words } from '../../words.ts';
import { endInterrupted, keepResults } from './interrupt.ts';
import type { Output } from './output.ts';
import { inTerminal } from './wording.ts';

/**
 * Shows a job: its progress, measurements, results and output path. Sets the exit code when inputs were left out or it was interrupted.
 */
export async function present(events: AsyncIterable<JobEvent>, output: Output): Promise<void> {
  for await (const event of events) {
    if (event.type === 'done') conclude(event, output);
    else presentEvent(event, output);
  }
}

/** Shows an event of a job other than its end. */
export function presentEvent(event: Exclude<JobEvent, { type: 'done' }>, output: Output): void {
  if (showsResults(event)) keepResults();
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
      output.note(inTerminal(event.words));
      break;
    case 'warning':
      if (event.data !== undefined) output.event(withFlags(event.data));
      output.important(inTerminal(event.words));
      break;
    case 'preview': // not shown here
    case 'artefact': // the last event names the requested results
  }
}

// Notes, warnings, the beginning of a training, and downloads and data that are counted only for people come before there is anything to keep.
function showsResults(event: Exclude<JobEvent, { type: 'done' }>): boolean {
  if (event.type === 'metric') return event.data.type !== 'start';
  return (
    (event.type === 'progress' && event.data !== undefined) ||
    event.type === 'sample' ||
    event.type === 'artefact'
  );
}

// Sentences among the figures also name options.
function withFlags(data: EventData): object {
  const written = ([name, value]: [string, unknown]): [string, unknown] => [
    name,
    value instanceof Words ? inTerminal(value) : value,
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

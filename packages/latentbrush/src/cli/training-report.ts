import type { Output } from './output.ts';
import { concludeTraining, type TrainingCommands, type TrainingEnd } from './training-end.ts';
import { flagOf } from '../options.ts';
import type { Words } from '../words.ts';

/** What events of all trainings have in common. */
type TrainingEvent =
  | { readonly type: 'start'; readonly step: number; readonly folder: string | undefined }
  | { readonly type: 'done'; readonly step: number; readonly reason: TrainingEnd['reason'] }
  | { readonly type: 'warning'; readonly step: number; readonly message: string; readonly words: Words }
  | { readonly type: 'step' | 'epoch' | 'sample' | 'checkpoint' };

/** How a system's trainings are shown. */
export interface TrainingReport<Event extends TrainingEvent> {
  /** Says an event to people. Where a training begins is added to what is said of its start, see {@link resumedAt}. */
  readonly show: (event: Exclude<Event, { type: 'done' }>) => void;
  /** What `--json` tells of samples: not the pictures themselves. */
  readonly sample?: (event: Extract<Event, { type: 'sample' }>) => object;
  /** @param folder of the run */
  readonly commands: (folder: string) => TrainingCommands;
}

/** Shows a training as it goes on, and sets the exit code when it was interrupted. */
export async function reportTraining<Event extends TrainingEvent>(
  events: AsyncIterable<Event>,
  { show, sample = (event) => event, commands }: TrainingReport<Event>,
  output: Output,
): Promise<void> {
  let folder: string | undefined;
  let from = 0;
  for await (const event of events) {
    const common: TrainingEvent = event;
    if (common.type === 'start') ({ folder, step: from } = common);
    if (common.type === 'done') {
      const { step, reason } = common; // not the model
      output.event({ type: 'done', step, reason });
      concludeTraining({ reason, step, from, folder }, commands(folder ?? ''), output);
      continue;
    }
    if (common.type === 'warning') {
      const message = common.words.written(flagOf);
      output.event({ type: 'warning', step: common.step, message });
      output.note(`step ${common.step}: ${message}`);
      continue;
    }
    output.event(event.type === 'sample' ? sample(event as Extract<Event, { type: 'sample' }>) : event);
    show(event as Exclude<Event, { type: 'done' }>);
  }
}

/** What the start of a training says of one that goes on; nothing of one that begins. */
export function resumedAt(step: number): string {
  return step > 0 ? `, going on at step ${step}` : '';
}

import { words } from '../../words.ts';
import type { EventData } from '../job.ts';
import type { JobReport } from '../report.ts';
import { memoryWarning } from './free-memory.ts';
import type { AnyTrainingEvent, EventOf, TrainingWords } from './training.ts';

/** Reports a training, event by event. */
export async function reportTraining<Event extends AnyTrainingEvent>(
  events: AsyncIterable<Event>,
  shown: TrainingWords<Event>,
  report: JobReport,
): Promise<void> {
  let folder: string | undefined;
  let said = '';
  for await (const given of events) {
    const event: AnyTrainingEvent = given;
    const figures: EventData = { ...given };
    switch (event.type) {
      case 'start': {
        folder = event.folder;
        await report.metric(figures);
        await report.note(`${shown.start(given as EventOf<Event, 'start'>)}${resumedAt(event.step)}`);
        const tooMuch = memoryWarning(event.memory);
        if (tooMuch !== undefined)
          await report.warning(tooMuch, { type: 'warning', step: event.step, message: tooMuch });
        break;
      }
      case 'step':
        said = shown.step(given as EventOf<Event, 'step'>);
        await report.progress(event.step, event.total, said, figures);
        break;
      case 'epoch':
        await report.metric(figures, shown.epoch?.(given as EventOf<Event, 'epoch'>));
        break;
      case 'sample': {
        const { data, text, pictures } = shown.sample(given as EventOf<Event, 'sample'>, said);
        await report.sample(data, text, pictures);
        break;
      }
      case 'warning': {
        const { type, step, words: message } = event;
        await report.warning(words`step ${step}: ${message}`, { type, step, message });
        break;
      }
      case 'checkpoint':
        await report.metric(figures);
        break;
      case 'done': {
        const { step, reason } = event; // not the model
        if (folder !== undefined) await report.artefact(folder);
        const reached = reason === 'aborted' ? `step ${step}` : undefined;
        await report.done({ reached, figures: { step, reason } });
      }
    }
  }
}

/** The part of the start message for a continued training; empty for a new one. */
function resumedAt(step: number): string {
  return step > 0 ? `, continuing at step ${step}` : '';
}

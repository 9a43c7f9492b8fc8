import type { TrainEvent } from '../../text/index.ts';
import type { Output } from '../output.ts';
import { concludeTraining } from '../training-end.ts';

type Done = Extract<TrainEvent, { type: 'done' }>;

/** Shows a training as it goes on, and sets the exit code when it was interrupted. */
export async function reportTraining(events: AsyncIterable<TrainEvent>, output: Output): Promise<void> {
  let folder: string | undefined;
  let from = 0;
  let done: Done | undefined;
  for await (const event of events) {
    output.event(event.type === 'done' ? { type: 'done', step: event.step, reason: event.reason } : event);
    if (event.type === 'start') ({ folder, step: from } = event);
    if (event.type === 'done') done = event;
    show(event, output);
  }
  if (folder !== undefined && done !== undefined)
    concludeTraining(
      { ...done, from, folder },
      {
        resume: 'text train',
        length: '--epochs',
        next: [['write', `text sample ${folder} --prompt "..."`]],
      },
      output,
    );
}

function show(event: TrainEvent, output: Output): void {
  switch (event.type) {
    case 'start': {
      const from = event.step > 0 ? `, going on at step ${event.step}` : '';
      output.note(
        `${event.parameters.toLocaleString('en')} parameters, ${event.vocabulary} tokens, ${event.batchesPerEpoch} steps an epoch${from}`,
      );
      break;
    }
    case 'step':
      output.progress(event.step, event.total, `epoch ${event.epoch}  loss ${event.loss.toFixed(3)}`);
      break;
    case 'epoch': {
      const { validation } = event;
      const held = validation
        ? `, held out ${validation.loss.toFixed(4)} (perplexity ${validation.perplexity.toFixed(2)}, ${validation.bitsPerCharacter.toFixed(3)} bits per character)`
        : '';
      output.text(
        `\nepoch ${event.epoch}: loss ${event.loss.toFixed(4)} (perplexity ${event.perplexity.toFixed(2)}, ${event.bitsPerCharacter.toFixed(3)} bits per character)${held}\n`,
      );
      break;
    }
    case 'sample':
      output.text(
        `\n--- temperature ${event.temperature}, after ${JSON.stringify(event.prompt)}\n${event.text}\n`,
      );
      break;
    case 'checkpoint':
    case 'done':
  }
}

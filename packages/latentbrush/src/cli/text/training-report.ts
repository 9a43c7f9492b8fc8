import type { TrainEvent } from '../../text/index.ts';
import type { Output } from '../output.ts';
import { pathWord } from '../../shell-word.ts';
import { reportTraining, resumedAt } from '../training-report.ts';
import { counted } from '../../counted.ts';

/** Shows the training of a language model as it goes on, and sets the exit code when it was interrupted. */
export function reportTextTraining(events: AsyncIterable<TrainEvent>, output: Output): Promise<void> {
  const report = {
    show: (event: Exclude<TrainEvent, { type: 'done' }>) => show(event, output),
    commands: (folder: string) =>
      ({
        resume: ['text', 'train'],
        length: '--epochs',
        next: [['write', ['text', 'sample', pathWord(folder), '--prompt', '...']]],
      }) as const,
  };
  return reportTraining(events, report, output);
}

function show(event: Exclude<TrainEvent, { type: 'done' }>, output: Output): void {
  switch (event.type) {
    case 'start':
      output.note(
        `${counted(event.parameters, 'parameter')}, ${counted(event.vocabulary, 'token')}, ${counted(event.batchesPerEpoch, 'step')} an epoch, about ${Math.ceil(event.memory / 2 ** 20)} MiB of memory${resumedAt(event.step)}`,
      );
      break;
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
    case 'warning': // said by reportTraining, for all systems
    case 'checkpoint':
  }
}

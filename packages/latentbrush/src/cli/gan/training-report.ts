import type { TrainEvent } from '../../gan/index.ts';
import type { Output } from '../output.ts';
import { concludeTraining } from '../training-end.ts';

/** Shows the training of a GAN as it goes on, and sets the exit code when it was interrupted. */
export async function reportGanTraining(events: AsyncIterable<TrainEvent>, output: Output): Promise<void> {
  let folder: string | undefined;
  let from = 0;
  let figures = '';
  for await (const event of events) {
    switch (event.type) {
      case 'start': {
        folder = event.folder;
        from = event.step;
        output.event(event);
        const resumed = from > 0 ? `, going on at step ${from}` : '';
        output.note(
          `generator ${event.generatorParameters.toLocaleString('en')} parameters, discriminator ${event.discriminatorParameters.toLocaleString('en')}, ${event.pictures.toLocaleString('en')} pictures, about ${Math.ceil(event.memory / 2 ** 20)} MiB of memory${resumed}`,
        );
        break;
      }
      case 'step':
        output.event(event);
        figures = `discriminator ${event.discriminatorLoss.toFixed(4)} (right about real ${percent(event.realAccuracy)}, generated ${percent(event.generatedAccuracy)}), generator ${event.generatorLoss.toFixed(4)}`;
        output.progress(event.step, event.total, figures);
        break;
      case 'sample':
        output.event({ type: 'sample', step: event.step, paths: event.paths });
        output.text(`step ${event.step}: ${figures}\n  ${event.paths?.generated ?? ''}\n`);
        break;
      case 'warning':
        output.event(event);
        output.note(`step ${event.step}: ${event.message}`);
        break;
      case 'checkpoint':
        output.event(event);
        break;
      case 'done':
        output.event({ type: 'done', step: event.step, reason: event.reason });
        concludeTraining(
          { ...event, from, folder },
          {
            resume: 'gan train',
            length: '--iterations',
            next: [
              ['draw', `gan sample ${folder ?? ''}`],
              ['film', `gan progress ${folder ?? ''}`],
            ],
          },
          output,
        );
    }
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

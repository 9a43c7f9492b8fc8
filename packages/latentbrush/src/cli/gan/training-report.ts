import type { TrainEvent } from '../../gan/index.ts';
import type { Output } from '../output.ts';
import { pathWord } from '../../shell-word.ts';
import { reportTraining, resumedAt } from '../training-report.ts';
import { counted } from '../../counted.ts';

type Shown = Exclude<TrainEvent, { type: 'done' }>;

/** Shows the training of a GAN as it goes on, and sets the exit code when it was interrupted. */
export function reportGanTraining(events: AsyncIterable<TrainEvent>, output: Output): Promise<void> {
  const report = {
    show: shower(output),
    sample: ({ type, step, paths }: Extract<TrainEvent, { type: 'sample' }>) => ({ type, step, paths }),
    commands: (folder: string) =>
      ({
        resume: ['gan', 'train'],
        length: '--iterations',
        next: [
          ['draw', ['gan', 'sample', pathWord(folder)]],
          ['film', ['gan', 'progress', pathWord(folder)]],
        ],
      }) as const,
  };
  return reportTraining(events, report, output);
}

// Beside a sheet stand the figures of the step before it.
function shower(output: Output): (event: Shown) => void {
  let figures = '';
  return (event) => {
    switch (event.type) {
      case 'start':
        output.note(
          `generator ${counted(event.generatorParameters, 'parameter')}, discriminator ${event.discriminatorParameters.toLocaleString('en')}, ${counted(event.pictures, 'picture')}, about ${Math.ceil(event.memory / 2 ** 20)} MiB of memory${resumedAt(event.step)}`,
        );
        break;
      case 'step':
        figures = `discriminator ${event.discriminatorLoss.toFixed(4)} (right about real ${percent(event.realAccuracy)}, generated ${percent(event.generatedAccuracy)}), generator ${event.generatorLoss.toFixed(4)}`;
        output.progress(event.step, event.total, figures);
        break;
      case 'sample':
        output.text(`step ${event.step}: ${figures}\n  ${event.paths?.generated ?? ''}\n`);
        break;
      case 'warning': // said by reportTraining, for all systems
      case 'checkpoint':
    }
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

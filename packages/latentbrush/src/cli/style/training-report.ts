import { counted } from '../../counted.ts';
import type { FastEvent } from '../../style/index.ts';
import type { Output } from '../output.ts';
import { pathWord } from '../../shell-word.ts';
import { reportTraining, resumedAt } from '../training-report.ts';

/** Shows the training of a fast style as it goes on, and sets the exit code when it was interrupted. */
export function reportFastTraining(events: AsyncIterable<FastEvent>, output: Output): Promise<void> {
  const report = {
    show: (event: Exclude<FastEvent, { type: 'done' }>) => show(event, output),
    sample: ({ type, step, path }: Extract<FastEvent, { type: 'sample' }>) => ({ type, step, path }),
    commands: (folder: string) =>
      ({
        resume: ['style', 'train'],
        length: '--iterations',
        next: [['paint', ['style', 'apply', pathWord(folder), 'photo.jpg']]],
      }) as const,
  };
  return reportTraining(events, report, output);
}

function show(event: Exclude<FastEvent, { type: 'done' }>, output: Output): void {
  switch (event.type) {
    case 'start': {
      const pairs = event.pairs > 0 ? `, ${counted(event.pairs, 'pair')}` : '';
      output.note(
        `${counted(event.parameters, 'parameter')}, ${counted(event.pictures, 'picture')}${pairs}, about ${Math.ceil(event.memory / 2 ** 20)} MiB of memory${resumedAt(event.step)}`,
      );
      break;
    }
    case 'step':
      output.progress(
        event.step,
        event.total,
        `loss ${event.loss.toFixed(3)} (content ${event.content.toFixed(3)}, style ${event.style.toFixed(3)})`,
      );
      break;
    case 'sample':
      if (event.path !== undefined) output.text(`${event.path}\n`);
      break;
    case 'warning': // said by reportTraining, for all systems
    case 'checkpoint':
  }
}

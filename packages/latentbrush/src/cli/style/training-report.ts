import { counted } from '../../counted.ts';
import type { FastEvent } from '../../style/index.ts';
import type { Output } from '../output.ts';
import { concludeTraining } from '../training-end.ts';

/** Shows the training of a fast style as it goes on, and sets the exit code when it was interrupted. */
export async function reportFastTraining(events: AsyncIterable<FastEvent>, output: Output): Promise<void> {
  let folder: string | undefined;
  let from = 0;
  for await (const event of events) {
    switch (event.type) {
      case 'start': {
        folder = event.folder;
        from = event.step;
        output.event(event);
        const resumed = from > 0 ? `, going on at step ${from}` : '';
        const pairs = event.pairs > 0 ? `, ${counted(event.pairs, 'pair')}` : '';
        output.note(
          `${event.parameters.toLocaleString('en')} parameters, ${counted(event.pictures, 'picture')}${pairs}${resumed}`,
        );
        break;
      }
      case 'step':
        output.event(event);
        output.progress(
          event.step,
          event.total,
          `loss ${event.loss.toFixed(3)} (content ${event.content.toFixed(3)}, style ${event.style.toFixed(3)})`,
        );
        break;
      case 'sample':
        output.event({ type: 'sample', step: event.step, path: event.path });
        if (event.path !== undefined) output.text(`${event.path}\n`);
        break;
      case 'checkpoint':
        output.event(event);
        break;
      case 'done':
        output.event({ type: 'done', step: event.step, reason: event.reason });
        concludeTraining(
          { ...event, from, folder },
          {
            resume: 'style train',
            length: '--iterations',
            next: [['paint', `style apply ${folder ?? ''} photo.jpg`]],
          },
          output,
        );
    }
  }
}

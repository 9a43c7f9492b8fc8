import type { TrainEvent, VaeQuality } from '../../vae/index.ts';
import type { Output } from '../output.ts';
import { concludeTraining } from '../training-end.ts';

/** Shows the training of a VAE as it goes on, and sets the exit code when it was interrupted. */
export async function reportVaeTraining(events: AsyncIterable<TrainEvent>, output: Output): Promise<void> {
  let folder: string | undefined;
  let from = 0;
  for await (const event of events) {
    switch (event.type) {
      case 'start': {
        folder = event.folder;
        from = event.step;
        output.event(event);
        const resumed = from > 0 ? `, going on at step ${from}` : '';
        output.note(
          `${event.parameters.toLocaleString('en')} parameters, ${event.pictures.toLocaleString('en')} pictures (${event.heldOut.toLocaleString('en')} held out), ${event.stepsPerEpoch} steps an epoch, about ${Math.ceil(event.memory / 2 ** 20)} MiB of memory${resumed}`,
        );
        break;
      }
      case 'step':
        output.event(event);
        output.progress(event.step, event.total, `epoch ${event.epoch}  loss ${event.loss.toFixed(4)}`);
        break;
      case 'epoch': {
        output.event(event);
        const held = event.validation === undefined ? '' : `\n  held out  ${figures(event.validation)}`;
        output.text(`\nepoch ${event.epoch}: ${figures(event)}, ${event.activeUnits} active units${held}\n`);
        break;
      }
      case 'sample': {
        output.event({ type: 'sample', step: event.step, epoch: event.epoch, paths: event.paths });
        if (event.paths !== undefined)
          output.text(`  ${event.paths.reconstructions}\n  ${event.paths.samples}\n`);
        break;
      }
      case 'checkpoint':
        output.event(event);
        break;
      case 'done':
        output.event({ type: 'done', step: event.step, reason: event.reason });
        concludeTraining(
          { ...event, from, folder },
          {
            resume: 'vae train',
            length: '--epochs',
            next: [
              ['draw', `vae sample ${folder ?? ''}`],
              ['walk', `vae walk ${folder ?? ''}`],
            ],
          },
          output,
        );
    }
  }
}

function figures({ loss, reconstruction, kl, elbo }: VaeQuality): string {
  return `loss ${loss.toFixed(4)} (nats a picture: reconstruction ${reconstruction.toFixed(1)}, KL ${kl.toFixed(2)}, ELBO ${elbo.toFixed(1)})`;
}

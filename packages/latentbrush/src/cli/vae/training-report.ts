import type { TrainEvent, VaeQuality } from '../../vae/index.ts';
import type { Output } from '../output.ts';
import { pathWord } from '../../shell-word.ts';
import { reportTraining, resumedAt } from '../training-report.ts';
import { counted } from '../../counted.ts';

/** Shows the training of a VAE as it goes on, and sets the exit code when it was interrupted. */
export function reportVaeTraining(events: AsyncIterable<TrainEvent>, output: Output): Promise<void> {
  const report = {
    show: (event: Exclude<TrainEvent, { type: 'done' }>) => show(event, output),
    sample: ({ type, step, epoch, paths }: Extract<TrainEvent, { type: 'sample' }>) => ({
      type,
      step,
      epoch,
      paths,
    }),
    commands: (folder: string) =>
      ({
        resume: ['vae', 'train'],
        length: '--epochs',
        next: [
          ['draw', ['vae', 'sample', pathWord(folder)]],
          ['walk', ['vae', 'walk', pathWord(folder)]],
        ],
      }) as const,
  };
  return reportTraining(events, report, output);
}

function show(event: Exclude<TrainEvent, { type: 'done' }>, output: Output): void {
  switch (event.type) {
    case 'start':
      output.note(
        `${counted(event.parameters, 'parameter')}, ${counted(event.pictures, 'picture')} (${event.heldOut.toLocaleString('en')} held out), ${counted(event.stepsPerEpoch, 'step')} an epoch, about ${Math.ceil(event.memory / 2 ** 20)} MiB of memory${resumedAt(event.step)}`,
      );
      break;
    case 'step':
      output.progress(event.step, event.total, `epoch ${event.epoch}  loss ${figure(event.loss, 4)}`);
      break;
    case 'epoch': {
      const held = event.validation === undefined ? '' : `\n  held out  ${figures(event.validation)}`;
      output.text(`\nepoch ${event.epoch}: ${figures(event)}, ${event.activeUnits} active units${held}\n`);
      break;
    }
    case 'sample':
      if (event.paths !== undefined)
        output.text(`  ${event.paths.reconstructions}\n  ${event.paths.samples}\n`);
      break;
    case 'warning': // said by reportTraining, for all systems
    case 'checkpoint':
  }
}

function figures({ loss, reconstruction, kl, elbo }: VaeQuality): string {
  return `loss ${figure(loss, 4)} (nats a picture: reconstruction ${figure(reconstruction, 1)}, KL ${figure(kl, 2)}, ELBO ${figure(elbo, 1)})`;
}

// Huge numbers are hard to read digit by digit: 1.82e+21.
function figure(value: number, digits: number): string {
  return Math.abs(value) < 1e6 ? value.toFixed(digits) : value.toExponential(2);
}

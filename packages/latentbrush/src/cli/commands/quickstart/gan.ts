import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainInput } from '../../../gan/index.ts';
import { ganTraining } from '../../../jobs/train/gan.ts';
import { commandLine } from '../../../shell-word.ts';
import { ganTrain } from '../gan/train.ts';
import type { Output } from '../../terminal/output.ts';
import { commandsOf } from '../train-command.ts';
import { presentTraining } from '../../terminal/training-end.ts';
import type { GallerySection } from './gallery.ts';
import { FACES_GAN } from './trainings.ts';

const DATASET = 'emoji:faces';

// A few hundred iterations of a small network: enough to see that it learns, not to finish.
const OPTIONS: TrainInput = {
  ...FACES_GAN,
  batchSize: 24,
  iterations: 480,
  sampleEvery: 160,
  checkpointEvery: 160,
  samples: 36,
  ema: 0.98,
};

/** A part of the quickstart: the first minute of a GAN. */
export async function trainGan(
  folder: string,
  seed: number,
  output: Output,
  signal: AbortSignal,
): Promise<GallerySection> {
  output.note(
    `\nTraining a GAN on ${DATASET}: one network draws, the other learns to distinguish its drawings from real ones.`,
  );
  const run = join(folder, 'gan');
  const sheets: string[] = [];
  const request = { inputs: { dataset: DATASET }, options: { ...OPTIONS, seed }, output: run };
  const events = ganTraining.train.run(request, { signal });
  const seen = (async function* () {
    for await (const event of events) {
      if (event.type === 'sample') sheets.push((event.data.paths as { generated: string }).generated);
      yield event;
    }
  })();
  await presentTraining(seen, (trained) => commandsOf(ganTrain, trained), output);
  const shown = sheets.length > 1 ? [sheets[0]!, sheets.at(-1)!] : sheets;
  const pictures: { file: string; caption: string }[] = [];
  for (const [index, sheet] of shown.entries()) {
    const file = index === 0 ? 'gan-begin.png' : 'gan-end.png';
    await copyFile(sheet, join(folder, file)); // with its recipe
    const step = index === 0 ? OPTIONS.sampleEvery : OPTIONS.iterations;
    pictures.push({ file, caption: `After ${step ?? 0} steps` });
  }
  return {
    title: 'GAN',
    about: 'The first minute of a generative adversarial network. The command below continues it.',
    command: commandLine(['gan', 'train', '--resume', run, '--iterations', '8000']),
    pictures,
  };
}

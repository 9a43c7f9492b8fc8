import { join } from 'node:path';
import { textTraining } from '../../../jobs/train/text.ts';
import { commandLine } from '../../../shell-word.ts';
import type { TrainInput } from '../../../text/index.ts';
import type { Output } from '../../terminal/output.ts';
import { textTrain } from '../text/train.ts';
import { commandsOf } from '../train-command.ts';
import { presentTraining } from '../../terminal/training-end.ts';
import type { GallerySection } from './gallery.ts';
import { MOBY_DICK } from './trainings.ts';

const OPTIONS: TrainInput = { ...MOBY_DICK, units: 256, epochs: 4, temperatures: [0.2, 0.5, 1] };

/** A part of the quickstart: a language model of Moby Dick. */
export async function readMobyDick(
  folder: string,
  seed: number,
  output: Output,
  signal: AbortSignal,
): Promise<GallerySection> {
  output.note(
    '\nTraining a language model on Moby Dick. After each pass over the book it continues a passage of the book.',
  );
  const texts: string[] = [];
  const request = {
    inputs: { corpus: 'moby-dick' },
    options: { ...OPTIONS, seed },
    output: join(folder, 'text'),
  };
  const events = textTraining.train.run(request, { signal });
  const seen = (async function* () {
    for await (const event of events) {
      if (event.type === 'sample' && event.data.temperature === 0.5)
        texts.push(`${String(event.data.prompt)}${String(event.data.text)}`);
      yield event;
    }
  })();
  await presentTraining(seen, (run) => commandsOf(textTrain, run), output);
  const shown = texts.length > 1 ? [texts[0]!, texts.at(-1)!] : texts;
  return {
    title: 'Text',
    about:
      'A character LSTM read Moby Dick. It wrote these texts at temperature 0.5, after the first and after the last pass over the book.',
    command: commandLine(['text', 'sample', join(folder, 'text'), '--prompt', 'call me ishmael. ']),
    texts: shown.map((text, index) => ({
      caption: index === 0 ? 'after the first pass' : `after pass ${texts.length}`,
      text,
    })),
  };
}

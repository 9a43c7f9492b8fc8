import { join } from 'node:path';
import { loadCorpus } from '../../data/index.ts';
import { train, type TrainInput } from '../../text/index.ts';
import { commandLine } from '../../shell-word.ts';
import type { Output } from '../output.ts';
import { reportTextTraining } from '../text/training-report.ts';
import type { GallerySection } from './gallery.ts';

// Reaches readable words within a minute on two cores; not the book's settings, which need an hour.
const OPTIONS: TrainInput = {
  objective: 'sequence',
  units: 256,
  window: 64,
  batch: 64,
  optimizer: 'adam',
  learningRate: 0.005,
  clipnorm: 5,
  lrDecay: 0.7,
  lrDecayAfter: 3,
  epochs: 6,
  validation: 0.05,
  sampleLength: 300,
  temperatures: [0.2, 0.5, 1],
};

/** A part of the quickstart: a language model of Moby Dick. */
export async function readMobyDick(
  folder: string,
  seed: number,
  output: Output,
  signal: AbortSignal,
): Promise<GallerySection> {
  output.note(
    '\nTraining a language model on Moby Dick. After each pass over the book it goes on from a passage of it.',
  );
  const corpus = await loadCorpus('moby-dick');
  const texts: string[] = [];
  const events = train(corpus, { ...OPTIONS, seed, run: join(folder, 'text'), signal });
  const seen = (async function* () {
    for await (const event of events) {
      if (event.type === 'sample' && event.temperature === 0.5) texts.push(`${event.prompt}${event.text}`);
      yield event;
    }
  })();
  await reportTextTraining(seen, output);
  const shown = texts.length > 1 ? [texts[0]!, texts.at(-1)!] : texts;
  return {
    title: 'Text',
    about:
      'A character LSTM read Moby Dick; what it writes at temperature 0.5 after the first and after the last pass over the book.',
    command: commandLine(['text', 'sample', join(folder, 'text'), '--prompt', 'call me ishmael. ']),
    texts: shown.map((text, index) => ({
      caption: index === 0 ? 'after the first pass' : `after pass ${texts.length}`,
      text,
    })),
  };
}

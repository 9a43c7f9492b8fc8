import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { loadCorpus } from '../data/corpus.ts';
import { train, trainOptions, type TrainInput } from '../text/index.ts';
import { writeGallery, type GallerySection } from './gallery.ts';
import { abortOnInterrupt, INTERRUPTED } from './interrupt.ts';
import { Output } from './output.ts';
import { dreamOfTheAlps, paintTheBoats } from './quickstart-pictures.ts';
import { addSchemaOptions, readSchemaOptions } from './schema-options.ts';
import { outputOptions } from './shared-options.ts';
import { reportTraining } from './text/training-report.ts';

/** Where the quickstart keeps what it makes. */
const FOLDER = 'latentbrush-quickstart';

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

const CHANGEABLE = trainOptions.pick({ seed: true });

/** `latentbrush quickstart`. */
export function quickstartCommand(): Command {
  const command = new Command('quickstart').description(
    'Dream on a photograph, paint another in the style of the dream, and train a small language model on Moby Dick: all embedded, all in about two minutes, with a gallery page at the end.',
  );
  addSchemaOptions(command, CHANGEABLE);
  outputOptions(command);
  return command.action(async (given: { json?: boolean; quiet?: boolean }) => {
    const { seed } = readSchemaOptions(CHANGEABLE, given as Record<string, unknown>);
    const output = new Output(given);
    const signal = abortOnInterrupt();
    await rm(FOLDER, { recursive: true, force: true });
    const sections: GallerySection[] = [];
    const parts = [
      () => dreamOfTheAlps(FOLDER, seed, output, signal),
      () => paintTheBoats(FOLDER, seed, output, signal),
      () => readMobyDick(seed, output, signal),
    ];
    for (const part of parts) {
      sections.push(await part());
      if (signal.aborted) break;
    }
    const page = join(FOLDER, 'index.html');
    await writeGallery(page, sections);
    output.event({ type: 'gallery', path: page });
    output.text(`\n${page}: open it in a browser\n`);
    if (signal.aborted) process.exitCode = INTERRUPTED;
  });
}

async function readMobyDick(seed: number, output: Output, signal: AbortSignal): Promise<GallerySection> {
  output.note(
    '\nTraining a language model on Moby Dick. After each pass over the book it goes on from a passage of it.',
  );
  const corpus = await loadCorpus('moby-dick');
  const texts: { caption: string; text: string }[] = [];
  const events = train(corpus, { ...OPTIONS, seed, run: join(FOLDER, 'text') }, signal);
  const seen = (async function* () {
    for await (const event of events) {
      if (event.type === 'sample' && event.temperature === 0.5)
        texts.push({ caption: '', text: `${event.prompt}${event.text}` });
      yield event;
    }
  })();
  await reportTraining(seen, output);
  const shown = texts.length > 1 ? [texts[0]!, texts.at(-1)!] : texts;
  return {
    title: 'Text',
    about:
      'A character LSTM read Moby Dick; what it writes at temperature 0.5 after the first and after the last pass over the book.',
    command: `latentbrush text sample ${join(FOLDER, 'text')} --prompt "call me ishmael. "`,
    texts: shown.map(({ text }, index) => ({
      caption: index === 0 ? 'after the first pass' : `after pass ${texts.length}`,
      text,
    })),
  };
}

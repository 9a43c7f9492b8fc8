import { Command } from 'commander';
import { loadCorpus } from '../data/corpus.ts';
import { train, trainOptions, type TrainInput } from '../text/index.ts';
import { abortOnInterrupt, INTERRUPTED } from './interrupt.ts';
import { Output } from './output.ts';
import { addSchemaOptions, readSchemaOptions } from './schema-options.ts';
import { outputOptions } from './shared-options.ts';
import { reportTraining } from './training-report.ts';
import { rm } from 'node:fs/promises';

/** Where the quickstart keeps its run. */
const FOLDER = 'latentbrush-quickstart/text';

// Reaches readable words within two minutes on two cores; not the book's settings, which need an hour.
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
    'Train a small language model on Moby Dick, which is embedded, and watch its text improve. Takes under two minutes.',
  );
  addSchemaOptions(command, CHANGEABLE);
  outputOptions(command);
  return command.action(async (given: { json?: boolean; quiet?: boolean }) => {
    const { seed } = readSchemaOptions(CHANGEABLE, given as Record<string, unknown>);
    const output = new Output(given);
    const signal = abortOnInterrupt();
    output.note(
      'Training a language model on Moby Dick. After each pass over the book it goes on from a passage of it.',
    );
    const corpus = await loadCorpus('moby-dick');
    await rm(FOLDER, { recursive: true, force: true });
    const done = await reportTraining(train(corpus, { ...OPTIONS, seed, run: FOLDER }, signal), output);
    if (done?.reason === 'aborted') process.exitCode = INTERRUPTED;
  });
}

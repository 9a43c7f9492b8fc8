import { z } from 'zod';
import { counted } from '../../counted.ts';
import { loadKnownCorpus, openCorpus, READING_RULES, textFilesIn } from '../../data/index.ts';
import { writeText } from '../../image/index.ts';
import { withChanges } from '../../options.ts';
import { readRun } from '../../runs/training-run.ts';
import { sampleDocument } from '../../text/events.ts';
import {
  corpusOf,
  trainOptions,
  type Quality,
  type TrainEvent,
  type TrainOptions,
} from '../../text/index.ts';
import { textRuns } from '../../text/run.ts';
import { textTrainable } from '../../text/train.ts';
import { estimateResumed, estimateTraining, resumeChecked, trainChecked } from '../../training/index.ts';
import { loadFromPlace } from '../run-data.ts';
import { checkTextTarget, stemOf } from '../target-file.ts';
import { changesOf } from './changes.ts';
import {
  CORPUS,
  corpusName,
  givenCorpus,
  readingOfCorpus,
  SAMPLE_JOB,
  samplesFrom,
  trainedFromCorpus,
  withOrigin,
} from './corpus.ts';
import { mebibytes } from './free-memory.ts';
import { placeOptions, trainSampleJob } from './samples.ts';
import { trainingJobs, type EventOf, type TrainingWords } from './training.ts';

const SYSTEM = 'text';

/** How to show its events. */
const words: TrainingWords<TrainEvent> = {
  start: ({ parameters, vocabulary, batchesPerEpoch, memory }) =>
    `${counted(parameters, 'parameter')}, ${counted(vocabulary, 'token')}, ${counted(batchesPerEpoch, 'step')} per epoch, about ${mebibytes(memory)} of memory`,
  step: ({ epoch, loss }) => `epoch ${epoch}  loss ${loss.toFixed(3)}`,
  epoch: ({ epoch, validation, ...trained }) =>
    `\nepoch ${epoch}: loss ${figures(trained)}${validation === undefined ? '' : `, validation ${figures(validation)}`}\n`,
  sample: (event) => ({
    data: event,
    text: `\n--- temperature ${event.temperature}, after ${JSON.stringify(event.prompt)}\n${event.text}\n`,
  }),
};

/** Trains a language model on a corpus. */
export const textTraining = trainingJobs({
  system: SYSTEM,
  about: 'Train a language model on a corpus; after each epoch it shows sample texts.',
  inputs: z.strictObject({ corpus: CORPUS }),
  options: trainOptions,
  moved: z.strictObject({ corpus: CORPUS.optional() }),
  changes: changesOf(trainOptions, ['epochs', 'maxSteps', 'threads', 'keep']),
  prepare: async ({ corpus: asked }, options, work) => {
    const loaded = withOrigin(await openCorpus(asked, readingOfCorpus(work)), asked);
    const samples = samplesFrom(loaded, READING_RULES);
    return {
      name: stemOf(loaded.name),
      begin: (run) => trainChecked(textTrainable, loaded, options, { run, signal: work.signal, samples }),
      estimate: () => estimateTraining(textTrainable, loaded, options, work.signal),
    };
  },
  resume: async (folder, { corpus: given }, options, work) => {
    const { source: remembered, rules } = await corpusOf(folder, given);
    const { name } = (await readRun(textRuns, folder)).extra.corpus;
    const place = { run: folder, given, remembered, system: SYSTEM, inputs: { corpus: 'CORPUS' } };
    const loaded = await loadFromPlace(place, (path) =>
      openCorpus(path, { rules, ...readingOfCorpus(work) }),
    );
    const found = withOrigin(loaded, remembered);
    const change = (before: TrainOptions): TrainOptions => withChanges(before, options);
    const samples = samplesFrom(given === undefined ? { ...found, name } : found, rules);
    return {
      begin: () => resumeChecked(textTrainable, folder, found, change, { signal: work.signal, samples }),
      estimate: () => estimateResumed(textTrainable, folder, found, change, work.signal),
    };
  },
  words,
});

/** Writes the sample texts of an epoch of a training again. */
export const textTrainSampleJob = trainSampleJob({
  job: SAMPLE_JOB,
  system: SYSTEM,
  noun: 'sample text',
  inputs: z.strictObject({ corpus: CORPUS.optional() }),
  options: z.strictObject({
    ...trainOptions.shape,
    ...placeOptions,
    named: corpusName,
  }),
  folders: { corpus: (folder, _, rules) => textFilesIn(folder, rules) },
  again: async ({ corpus: given }, { step: _step, rules, named, ...options }, work) => {
    const { place, isKnown } = givenCorpus(given, named);
    const load = isKnown ? loadKnownCorpus : openCorpus;
    const loaded = await load(place, { rules, ...readingOfCorpus(work) });
    const corpus = 'text' in loaded ? { ...loaded, rules } : loaded;
    return trainChecked(textTrainable, corpus, options, { signal: work.signal });
  },
  trainedFrom: ({ corpus: given }, { named, rules = READING_RULES }) => {
    const { place, isKnown } = givenCorpus(given, named);
    return trainedFromCorpus(place, rules, isKnown);
  },
  words,
  wanted: () => 'sample texts',
  check: checkTextTarget,
  place: () => ({}),
  collect: ({ temperatures }) => {
    const samples: EventOf<TrainEvent, 'sample'>[] = [];
    return (sample) => {
      samples.push(sample);
      if (samples.length < temperatures.length) return undefined;
      return (path, recipe) => writeText(path, sampleDocument(samples), recipe);
    };
  },
});

function figures({ loss, perplexity, bitsPerCharacter }: Quality): string {
  return `${loss.toFixed(4)} (perplexity ${perplexity.toFixed(2)}, ${bitsPerCharacter.toFixed(3)} bits per character)`;
}

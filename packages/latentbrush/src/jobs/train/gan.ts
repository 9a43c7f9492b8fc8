import { z } from 'zod';
import { counted } from '../../counted.ts';
import { withChanges } from '../../options.ts';
import { DCGAN_PRESET, ganRuns, trainOptions, type TrainEvent, type TrainOptions } from '../../gan/index.ts';
import { datasetInput, datasetOptions } from '../dataset-input.ts';
import { readRun } from '../../runs/training-run.ts';
import { ganTrainable } from '../../gan/train.ts';
import { estimateResumed, estimateTraining, resumeChecked, trainChecked } from '../../training/index.ts';
import { changesOf } from './changes.ts';
import { mebibytes } from './free-memory.ts';
import {
  DATASET,
  givenSource,
  loadPictures,
  loadRunPictures,
  sheetsFrom,
  trainedFromSource,
} from './pictures.ts';
import { sheetOptions, trainSheetJob } from './samples.ts';
import { trainingJobs, type TrainingWords } from './training.ts';

const SYSTEM = 'gan';

/** How to show its events. */
const words: TrainingWords<TrainEvent> = {
  start: ({ generatorParameters, discriminatorParameters, pictures, memory }) =>
    `generator ${counted(generatorParameters, 'parameter')}, discriminator ${discriminatorParameters.toLocaleString('en')}, ${counted(pictures, 'picture')}, about ${mebibytes(memory)} of memory`,
  step: ({ discriminatorLoss, realAccuracy, generatedAccuracy, generatorLoss }) =>
    `discriminator ${discriminatorLoss.toFixed(4)} (accuracy on real ${percent(realAccuracy)}, on generated ${percent(generatedAccuracy)}), generator ${generatorLoss.toFixed(4)}`,
  sample: ({ type, step, paths, generated, real }, figures) => ({
    data: { type, step, paths },
    text: `step ${step}: ${figures}\n  ${paths?.generated ?? ''}\n`,
    pictures: { generated, real },
  }),
};

/** Trains a generative adversarial network on pictures. */
export const ganTraining = trainingJobs({
  system: SYSTEM,
  about:
    'Train a generative adversarial network on pictures; it learns to generate new ones. It writes sheets of samples during training.',
  inputs: z.strictObject({ dataset: DATASET }),
  options: trainOptions,
  preset: DCGAN_PRESET,
  moved: z.strictObject({ dataset: DATASET.optional() }),
  changes: changesOf(trainOptions, ['iterations', 'threads', 'keep']),
  prepare: async ({ dataset }, options, work) => {
    const { size, channels } = options;
    const pictures = await loadPictures(dataset, { size, channels }, work);
    return {
      name: pictures.train.name,
      begin: (run) =>
        trainChecked(ganTrainable, pictures.train, options, {
          run,
          signal: work.signal,
          samples: sheetsFrom(SYSTEM, dataset, pictures),
        }),
      estimate: () => estimateTraining(ganTrainable, pictures.train, options, work.signal),
    };
  },
  resume: async (folder, { dataset: given }, changes, work) => {
    const { extra } = await readRun(ganRuns, folder);
    const pictures = await loadRunPictures({ system: SYSTEM, folder, given, extra }, work);
    const change = (before: TrainOptions): TrainOptions => withChanges(before, changes);
    return {
      begin: () =>
        resumeChecked(ganTrainable, folder, pictures.train, change, {
          signal: work.signal,
          samples: sheetsFrom(SYSTEM, given ?? extra.dataset.source, pictures),
        }),
      estimate: () => estimateResumed(ganTrainable, folder, pictures.train, change, work.signal),
    };
  },
  words,
});

/** Makes a sheet of a GAN's training again. */
export const ganTrainSheetJob = trainSheetJob({
  system: SYSTEM,
  inputs: z.strictObject({ dataset: datasetInput }),
  options: z.strictObject({ ...trainOptions.shape, ...sheetOptions, named: datasetOptions.named }),
  again: async ({ dataset }, { step: _step, sheet: _sheet, named, rules, ...options }, work) => {
    const { size, channels } = options;
    const source = givenSource(dataset, named);
    const pictures = await loadPictures(source, { size, channels, rules }, work);
    return trainChecked(ganTrainable, pictures.train, options, { signal: work.signal });
  },
  trainedFrom: ({ dataset }, { named, rules }) => trainedFromSource(givenSource(dataset, named), rules),
  words,
});

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

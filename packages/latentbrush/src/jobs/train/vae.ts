import { z } from 'zod';
import { counted } from '../../counted.ts';
import { withChanges } from '../../options.ts';
import { datasetInput, datasetOptions } from '../dataset-input.ts';
import { readRun } from '../../runs/training-run.ts';
import {
  DEFAULT_SIZE,
  trainOptions,
  vaeRuns,
  type TrainEvent,
  type TrainOptions,
  type VaeQuality,
} from '../../vae/index.ts';
import { vaeTrainable } from '../../vae/train.ts';
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

const SYSTEM = 'vae';

/** How to show its events. */
const words: TrainingWords<TrainEvent> = {
  start: ({ parameters, pictures, validation, stepsPerEpoch, memory }) =>
    `${counted(parameters, 'parameter')}, ${counted(pictures, 'picture')} (${validation.toLocaleString('en')} for validation), ${counted(stepsPerEpoch, 'step')} per epoch, about ${mebibytes(memory)} of memory`,
  step: ({ epoch, loss }) => `epoch ${epoch}  loss ${figure(loss, 4)}`,
  epoch: ({ epoch, activeUnits, validation, ...trained }) => {
    const validated = validation === undefined ? '' : `\n  validation  ${figures(validation)}`;
    return `\nepoch ${epoch}: ${figures(trained)}, ${activeUnits} active units${validated}\n`;
  },
  sample: ({ type, step, epoch, paths, reconstructions, samples }) => ({
    data: { type, step, epoch, paths },
    text: paths && `  ${paths.reconstructions}\n  ${paths.samples}\n`,
    pictures: { reconstructions, samples },
  }),
};

/** Trains a variational autoencoder on pictures. */
export const vaeTraining = trainingJobs({
  system: SYSTEM,
  about:
    'Train a variational autoencoder on pictures: it learns a latent space to explore. After each epoch it writes sheets of samples.',
  inputs: z.strictObject({ dataset: DATASET }),
  options: trainOptions,
  moved: z.strictObject({ dataset: DATASET.optional() }),
  changes: changesOf(trainOptions, ['epochs', 'maxSteps', 'threads', 'keep']),
  prepare: async ({ dataset }, options, work) => {
    const { size, channels } = options;
    const form = { size, sizeOtherwise: DEFAULT_SIZE, channels };
    const pictures = await loadPictures(dataset, form, work);
    return {
      name: pictures.train.name,
      begin: (run) =>
        trainChecked(vaeTrainable, pictures, options, {
          run,
          signal: work.signal,
          samples: sheetsFrom(SYSTEM, dataset, pictures),
        }),
      estimate: () => estimateTraining(vaeTrainable, pictures, options, work.signal),
    };
  },
  resume: async (folder, { dataset: given }, changes, work) => {
    const { extra } = await readRun(vaeRuns, folder);
    const pictures = await loadRunPictures({ system: SYSTEM, folder, given, extra }, work);
    const change = (before: TrainOptions): TrainOptions => withChanges(before, changes);
    return {
      begin: () =>
        resumeChecked(vaeTrainable, folder, pictures, change, {
          signal: work.signal,
          samples: sheetsFrom(SYSTEM, given ?? extra.dataset.source, pictures),
        }),
      estimate: () => estimateResumed(vaeTrainable, folder, pictures, change, work.signal),
    };
  },
  words,
});

/** Makes a sheet of a VAE's training again. */
export const vaeTrainSheetJob = trainSheetJob({
  system: SYSTEM,
  inputs: z.strictObject({ dataset: datasetInput }),
  options: z.strictObject({ ...trainOptions.shape, ...sheetOptions, named: datasetOptions.named }),
  again: async ({ dataset }, { step: _step, sheet: _sheet, named, rules, ...options }, work) => {
    const { size, channels } = options;
    const source = givenSource(dataset, named);
    const pictures = await loadPictures(source, { size, sizeOtherwise: DEFAULT_SIZE, channels, rules }, work);
    return trainChecked(vaeTrainable, pictures, options, { signal: work.signal });
  },
  trainedFrom: ({ dataset }, { named, rules }) => trainedFromSource(givenSource(dataset, named), rules),
  words,
});

function figures({ loss, reconstruction, kl, elbo }: VaeQuality): string {
  return `loss ${figure(loss, 4)} (nats per picture: reconstruction ${figure(reconstruction, 1)}, KL ${figure(kl, 2)}, ELBO ${figure(elbo, 1)})`;
}

// Huge numbers are hard to read digit by digit: 1.82e+21.
function figure(value: number, digits: number): string {
  return Math.abs(value) < 1e6 ? value.toFixed(digits) : value.toExponential(2);
}

import { z } from 'zod';
import { counted } from '../../counted.ts';
import { DCGAN_PRESET, ganRuns, trainOptions } from '../../gan/index.ts';
import { rulesOf } from '../../runs/dataset-record.ts';
import { readRun } from '../../runs/training-run.ts';
import { ganTrainable } from '../../gan/train.ts';
import { estimateTraining, resumeChecked, trainChecked } from '../../training/index.ts';
import { loadFromPlace } from '../run-data.ts';
import { changesOf } from './changes.ts';
import { mebibytes } from './free-memory.ts';
import { DATASET, loadPictures } from './pictures.ts';
import { trainingJobs } from './training.ts';

/** Trains a generative adversarial network on pictures. */
export const ganTraining = trainingJobs({
  system: 'gan',
  about:
    'Train a generative adversarial network on pictures; it learns to generate new ones. It writes sheets of samples during training.',
  inputs: z.strictObject({ dataset: DATASET }),
  options: trainOptions,
  preset: DCGAN_PRESET,
  moved: z.strictObject({ dataset: DATASET.optional() }),
  changes: changesOf(trainOptions, ['iterations', 'threads', 'keep']),
  prepare: async ({ dataset }, options, work) => {
    const { size, channels } = options;
    const { train: pictures } = await loadPictures(dataset, { size, channels }, work);
    return {
      name: pictures.name,
      begin: (run) => trainChecked(ganTrainable, pictures, options, { run, signal: work.signal }),
      estimate: () => estimateTraining(ganTrainable, pictures, options, work.signal),
    };
  },
  resume: async (run, { dataset: given }, changes, work) => {
    const { extra } = await readRun(ganRuns, run);
    const { size, channels } = extra.architecture;
    const place = {
      run,
      given,
      remembered: extra.dataset.source,
      system: 'gan',
      inputs: { dataset: 'DATASET' },
    };
    const form = { size, channels, rules: rulesOf(extra.dataset) };
    const pictures = await loadFromPlace(place, (path) => loadPictures(path, form, work));
    return resumeChecked(ganTrainable, run, pictures.train, changes, work.signal);
  },
  words: {
    start: ({ generatorParameters, discriminatorParameters, pictures, memory }) =>
      `generator ${counted(generatorParameters, 'parameter')}, discriminator ${discriminatorParameters.toLocaleString('en')}, ${counted(pictures, 'picture')}, about ${mebibytes(memory)} of memory`,
    step: ({ discriminatorLoss, realAccuracy, generatedAccuracy, generatorLoss }) =>
      `discriminator ${discriminatorLoss.toFixed(4)} (accuracy on real ${percent(realAccuracy)}, on generated ${percent(generatedAccuracy)}), generator ${generatorLoss.toFixed(4)}`,
    sample: ({ type, step, paths, generated, real }, figures) => ({
      data: { type, step, paths },
      text: `step ${step}: ${figures}\n  ${paths?.generated ?? ''}\n`,
      pictures: { generated, real },
    }),
  },
});

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

import { existsSync } from 'node:fs';
import { z } from 'zod';
import { counted } from '../../counted.ts';
import { withChanges } from '../../options.ts';
import { listPictures, READING_RULES, type ReadingRules } from '../../data/index.ts';
import { loadBackbone } from '../../pretrained/index.ts';
import { rulesOf } from '../../runs/dataset-record.ts';
import { readRun } from '../../runs/training-run.ts';
import { styleRuns, trainOptions, type FastEvent, type TrainOptions } from '../../style/index.ts';
import type { JobWork } from '../job.ts';
import type { FolderInput } from '../recipe-inputs.ts';
import { styleTrainable } from '../../style/fast/train.ts';
import { estimateResumed, estimateTraining, resumeChecked, trainChecked } from '../../training/index.ts';
import { loadFromPlace } from '../run-data.ts';
import { stemOf } from '../target-file.ts';
import { weightsSource } from '../weights-source.ts';
import { changesOf } from './changes.ts';
import { mebibytes } from './free-memory.ts';
import { trainingPictures } from './style-pictures.ts';
import { sheetOptions, sheetRecipe, trainSheetJob, type TrainedFrom } from './samples.ts';
import { trainingJobs, type TrainingWords } from './training.ts';

const SYSTEM = 'style';

const style = z.string().describe('picture that gives the style');
const contentDir = z
  .string()
  .describe('folder of photographs of all kinds for training, also in sub-folders; the more the better');
const besides = {
  pairsDir: z
    .string()
    .optional()
    .describe(
      'folder of additional pairs for training: cat.jpg and beside it cat-painted.png, the same picture painted in the style',
    ),
  weights: z
    .string()
    .optional()
    .describe(
      'weights of the network that compares pictures: Keras .h5 or .keras, PyTorch .pth, .safetensors, model.json, .onnx',
    ),
};

/** How to show its events. */
const words: TrainingWords<FastEvent> = {
  start: ({ parameters, pictures, pairs, memory }) =>
    `${counted(parameters, 'parameter')}, ${counted(pictures, 'picture')}${pairs > 0 ? `, ${counted(pairs, 'pair')}` : ''}, about ${mebibytes(memory)} of memory`,
  step: ({ loss, content, style: ofStyle }) =>
    `loss ${loss.toFixed(3)} (content ${content.toFixed(3)}, style ${ofStyle.toFixed(3)})`,
  sample: ({ type, step, path, sheet }) => ({
    data: { type, step, path },
    text: path === undefined ? undefined : `${path}\n`,
    pictures: { sheet },
  }),
};

/** Trains a network that paints any picture in one style. */
export const styleTraining = trainingJobs({
  system: SYSTEM,
  about:
    'Train a small network that paints any picture in one style in a single pass (Johnson et al. 2016); takes about an hour on two cores.',
  inputs: z.strictObject({ style, contentDir, ...besides }),
  options: trainOptions,
  moved: z.strictObject({ style: style.optional(), contentDir: contentDir.optional(), ...besides }),
  changes: changesOf(trainOptions, ['iterations', 'threads', 'keep']),
  prepare: async ({ style: picture, contentDir: photos, pairsDir, weights }, options, work) => {
    const pictures = await trainingPictures({ style: picture, contentDir: photos, pairsDir }, work.report);
    const backbone = await load(options.backbone, weights, work);
    return {
      name: stemOf(picture),
      begin: (run) =>
        trainChecked(styleTrainable, { backbone, pictures }, options, {
          run,
          signal: work.signal,
          samples: async (resolved) =>
            sheetRecipe(
              SYSTEM,
              await trainedFrom({ style: picture, contentDir: photos, pairsDir, weights }),
              resolved,
            ),
        }),
      estimate: () => estimateTraining(styleTrainable, { backbone, pictures }, options, work.signal),
    };
  },
  resume: async (run, given, changes, work) => {
    const { extra: sources, options } = await readRun(styleRuns, run);
    const paths = {
      style: given.style ?? sources.style,
      contentDir: given.contentDir ?? sources.contentDir,
      pairsDir: given.pairsDir ?? sources.pairsDir,
      rules: rulesOf(sources),
    };
    const moved = [
      { input: 'style', given: given.style, remembered: sources.style, placeholder: 'STYLE' },
      { input: 'contentDir', given: given.contentDir, remembered: sources.contentDir, placeholder: 'FOLDER' },
      { input: 'pairsDir', given: given.pairsDir, remembered: sources.pairsDir, placeholder: 'FOLDER' },
    ].filter((each) => each.given === undefined && !existsSync(each.remembered ?? '.'));
    const place = {
      run,
      given: undefined,
      remembered: moved[0]?.remembered ?? sources.style,
      system: SYSTEM,
      inputs: Object.fromEntries(moved.map(({ input, placeholder }) => [input, placeholder])),
    };
    const pictures = await loadFromPlace(place, () => trainingPictures(paths, work.report));
    const backbone = await load(options.backbone, given.weights, work);
    const change = (before: TrainOptions): TrainOptions => withChanges(before, changes);
    return {
      begin: () =>
        resumeChecked(styleTrainable, run, { backbone, pictures }, change, {
          signal: work.signal,
          samples: async (resolved, started) => {
            const from = await trainedFrom({ ...paths, weights: given.weights });
            // The learning rate falls until the last step, so these steps depend on both lengths.
            const isLengthened = resolved.iterations !== started.iterations;
            return sheetRecipe(SYSTEM, from, { ...resolved, ...(isLengthened && { lengthened: true }) });
          },
        }),
      estimate: () => estimateResumed(styleTrainable, run, { backbone, pictures }, change, work.signal),
    };
  },
  words,
});

/** Makes a sheet of a fast style's training again. */
export const styleTrainSheetJob = trainSheetJob({
  system: SYSTEM,
  inputs: z.strictObject({ style, contentDir, ...besides }),
  options: z.strictObject({
    ...trainOptions.shape,
    ...sheetOptions,
    lengthened: z
      .literal(true)
      .optional()
      .meta({ hidden: true })
      .describe('whether the training was continued with another number of iterations'),
  }),
  again: async (paths, { step: _step, sheet: _sheet, rules, lengthened, ...options }, work) => {
    if (lengthened === true)
      await work.report.warning(
        'the training was continued with more iterations than it began with, which changed its learning rate; the result will differ',
      );
    const pictures = await trainingPictures({ ...paths, rules, pairsDir: paths.pairsDir }, work.report);
    const backbone = await load(options.backbone, paths.weights, work);
    return trainChecked(styleTrainable, { backbone, pictures }, options, { signal: work.signal });
  },
  trainedFrom: (paths, { rules }) => trainedFrom({ ...paths, rules }),
  words,
});

/** The pictures of a training, for the recipes of its sheets. */
async function trainedFrom({
  style: picture,
  contentDir: photos,
  pairsDir,
  weights,
  rules = READING_RULES,
}: {
  readonly style: string;
  readonly contentDir: string;
  readonly pairsDir?: string | undefined;
  readonly weights?: string | undefined;
  readonly rules?: ReadingRules | undefined;
}): Promise<TrainedFrom> {
  const folderOf = async (folder: string): Promise<FolderInput> => ({
    folder,
    files: await listPictures(folder, { rules }),
  });
  return {
    files: {
      style: [picture],
      contentDir: [await folderOf(photos)],
      pairsDir: [pairsDir === undefined ? undefined : await folderOf(pairsDir)],
      weights: [weights],
    },
    options: { rules },
  };
}

function load(
  name: string,
  weights: string | undefined,
  { signal, dataDir, offline, report }: JobWork,
): ReturnType<typeof loadBackbone> {
  return loadBackbone(name, {
    ...weightsSource({ dataDir, offline }, report),
    ...(weights !== undefined && { weights }),
    signal,
  });
}

import type { Backbone } from '../../pretrained/index.ts';
import type { Stoppable } from '../../options.ts';
import type { OldBatchName } from '../../renamed-options.ts';
import {
  lastModel,
  resumeTraining,
  startTraining,
  type OnEvent,
  type TrainableSystem,
} from '../../training/index.ts';
import type { FastEvent, FastReports } from './events.ts';
import { prepare, type FastPictures } from './data.ts';
import { StylePainter } from './model.ts';
import { trainOptions, type TrainInput, type TrainOptions } from './options.ts';
import { checkSources, styleRuns, type FastSources } from './run.ts';
import { FastTask } from './task.ts';

/** A network that compares pictures, and the training data. */
export interface LearnedFrom {
  readonly backbone: Backbone;
  readonly pictures: FastPictures;
}

/** The interface for the training loop and the jobs. */
export const styleTrainable: TrainableSystem<FastReports, LearnedFrom, TrainOptions, FastSources> = {
  runs: styleRuns,
  options: trainOptions,
  places: ['style', 'contentDir', 'pairsDir'],
  prepare: async ({ backbone, pictures }, options, trainedOn) => {
    const { data, sources } = await prepare(backbone, pictures, options);
    if (trainedOn !== undefined) checkSources(sources, trainedOn.extra);
    return {
      options,
      extra: sources,
      compile: (context) => FastTask.compile(data, options, context),
    };
  },
};

/**
 * Trains a small feed-forward network that paints any picture in one style at once (Johnson et al. 2016).
 * Yields progress; the last event contains the network.
 *
 * All randomness follows from the seed and the step, so the same pictures, options and thread count give the
 * same losses, even if training was interrupted and resumed.
 *
 * @param backbone the network that compares pictures
 * @param options see `trainOptions`; `backbone` is the network's own name by default; with `run`, a folder, the run is
 *   kept there: options, metrics, samples, checkpoints
 * @param options.signal ends training after the current step, with a checkpoint
 * @param deprecatedSignal give it in the options: `{ ...options, signal }`; the next version removes this parameter
 * @throws InputError when options do not fit, the folder cannot be used, there are no pictures, or the loss is NaN or infinite
 * @example
 * const network = await backbones.loadBackbone('embedded');
 * const painting = { name: 'wave.jpg', picture: await image.readPicture('wave.jpg') };
 * const contents = [await image.readPicture('cat.jpg')]; // better, hundreds of photographs
 * const layers = { contentLayer: 'conv2d_3', styleLayers: ['conv2d_2', 'conv2d_3'] };
 * const options = { size: 96, styleSize: 96, filters: 4, iterations: 1, ...layers, run: 'runs/new-wave' };
 * for await (const event of style.train(network, { style: painting, contentDir: '.', contents }, options)) {
 *   if (event.type === 'step') console.log(event.step, event.loss);
 * }
 */
export function train(
  backbone: Backbone,
  pictures: FastPictures,
  options: TrainInput & OldBatchName & { readonly run?: string | undefined } & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<FastEvent, void, undefined> {
  const given = { ...options, backbone: options.backbone ?? backbone.name };
  return startTraining(styleTrainable, { backbone, pictures }, given, deprecatedSignal);
}

/**
 * Continues a run from its last checkpoint.
 * @param pictures must be those the run was trained on
 * @param changes options that may change; with `signal`, as for {@link train}
 * @param deprecatedSignal give it in the options: `{ ...options, signal }`; the next version removes this parameter
 * @throws InputError when the folder is not a style run, its checkpoint is damaged, or the pictures differ
 * @example
 * const network = await backbones.loadBackbone('embedded');
 * const painting = { name: 'wave.jpg', picture: await image.readPicture('wave.jpg') };
 * const pictures = { style: painting, contentDir: '.', contents: [await image.readPicture('cat.jpg')] };
 * for await (const event of style.resume('runs/wave', network, pictures, { iterations: 2 })) {
 *   if (event.type === 'done') console.log(event.step); // 2
 * }
 */
export function resume(
  folder: string,
  backbone: Backbone,
  pictures: FastPictures,
  changes: Pick<TrainInput, 'iterations' | 'threads' | 'keep'> & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<FastEvent, void, undefined> {
  return resumeTraining(styleTrainable, folder, { backbone, pictures }, changes, deprecatedSignal);
}

/**
 * Runs a training to its end and returns the trained model.
 * @param events the events of `train` or `resume`
 * @param onEvent called with each event; a promise it returns is awaited
 * @param options as the constructor of {@link StylePainter} takes them: `threads` and `maxMemory`
 * @throws InputError when training diverges, as `train` does
 * @throws Error when training was stopped before its first step
 * @example
 * const network = await backbones.loadBackbone('embedded');
 * const painting = { name: 'wave.jpg', picture: await image.readPicture('wave.jpg') };
 * const pictures = { style: painting, contentDir: '.', contents: [await image.readPicture('cat.jpg')] };
 * const layers = { contentLayer: 'conv2d_3', styleLayers: ['conv2d_2', 'conv2d_3'] };
 * const options = { size: 96, styleSize: 96, filters: 4, iterations: 1, ...layers };
 * const painter = await style.finalModel(style.train(network, pictures, options));
 * await image.writePicture('painted.png', await painter.paint(await image.readPicture('photo.jpg')));
 * await painter.release();
 */
export async function finalModel(
  events: AsyncIterable<FastEvent>,
  onEvent?: OnEvent<FastEvent>,
  options: ConstructorParameters<typeof StylePainter>[1] = {},
): Promise<StylePainter> {
  return new StylePainter(await lastModel<FastReports>(events, onEvent), options);
}

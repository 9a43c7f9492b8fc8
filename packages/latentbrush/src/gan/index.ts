export { exportOnnx, type ExportedGenerator } from './export.ts';
export type { IterationFigures, TrainEvent } from './events.ts';
export { Generator, load, type GanModel } from './model.ts';
// oxlint-disable-next-line typescript/no-deprecated -- the next version drops it
export { loadGan } from './model.ts';
export { ganLosses, gradientPenalty, type GanLoss, type GanLossName, type Scores } from './loss.ts';
export {
  architectureOf,
  discriminator,
  generator,
  type Application,
  type Architecture,
  type DropoutOfFeatures,
} from './networks/network.ts';
export { DCGAN_PRESET, trainOptions, type TrainInput, type TrainOptions } from './options.ts';
export { ganRuns, type GanExtra } from './run.ts';
export { finalModel, resume, train } from './train.ts';
export { FeatureExtractor, FEATURES } from './features.ts';
export { kernelDistance, meanDistance, scoreOf, type GanScore } from './score.ts';
export { conceptOfFeatures, type JudgedConcept, type LabelledFeatures } from './feature-concept.ts';
// oxlint-disable-next-line typescript/no-deprecated -- the next version drops them
export { checkJudged, checkScored } from './withdrawn.ts';

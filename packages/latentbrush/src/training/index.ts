export { estimateResumed, estimateTraining, type TrainingEstimate } from './estimate.ts';
export type { EndReason, TrainingEvent } from './events.ts';
export { fit, type FitContext, type FitOptions } from './fit.ts';
export { lastModel, type OnEvent } from './final-model.ts';
export { lossCurve, metricsOf, trainingLoss, type LossCurve, type LossCurves } from './loss-curves.ts';
export { beginningProgress, progressSchema, type Progress } from './progress.ts';
export { decayByEpoch, halfLife, linear, product, warmUp, type Schedule } from './schedule.ts';
export {
  checkpointChoice,
  inOneLine,
  type ExportedFile,
  type LoadedModel,
  type OnnxExport,
  type RunSystem,
} from './system.ts';
export type { Evaluation, Metrics, Reports, SampleTime, ScheduledOptimizer, Task } from './task.ts';
export {
  resumeChecked,
  resumeTraining,
  startTraining,
  trainChecked,
  type Prepared,
  type SampleRecipe,
  type TaskContext,
  type TrainableSystem,
} from './trainable.ts';

export type { EndReason, TrainingEvent } from './events.ts';
export { fit, type FitContext, type FitOptions } from './fit.ts';
export { beginningProgress, progressSchema, type Progress } from './progress.ts';
export { decayByEpoch, halfLife, linear, product, warmUp, type Schedule } from './schedule.ts';
export type { Evaluation, Metrics, Reports, SampleTime, ScheduledOptimizer, Task } from './task.ts';
export {
  resumeTraining,
  startTraining,
  type Prepared,
  type TaskContext,
  type TrainableSystem,
} from './trainable.ts';

export { loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
export { pretrainedRuns, type PretrainedRun } from './pretrained-runs.ts';
export { appendMetric, readMetrics, type Metric } from './metrics.ts';
export { createRun, openRun, type Run, type RunDescription, type RunOptions } from './run.ts';

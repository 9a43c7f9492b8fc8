export { loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
export { appendMetric, readMetrics, type Metric } from './metrics.ts';
export { createRun, openRun, type Run, type RunDescription, type RunOptions } from './run.ts';

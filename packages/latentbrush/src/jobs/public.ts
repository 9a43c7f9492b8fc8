// The public exports of this folder, as `jobs`.
export { jobNamed, jobs, type JobName } from './registry.ts';
export type {
  CheckedRequest,
  EventData,
  Job,
  JobContext,
  JobEvent,
  JobInputs,
  JobRequest,
  MeasuredRequest,
} from './job.ts';
export type { TrainingEstimate } from '../training/index.ts';
export type { FilesInUse } from './files-in-use.ts';
export type { PreviewOptions } from './preview.ts';
export { JobCall, option, OptionError, OptionName, Words, words, wordsOf } from '../words.ts';
export type { AdvisedJob, CallWriter, OptionWriter } from '../words.ts';

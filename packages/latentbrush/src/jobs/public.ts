// The public exports of this folder, as `jobs`.
export { jobNamed, jobs, type JobName } from './registry.ts';
export type { CheckedRequest, EventData, Job, JobContext, JobEvent, JobInputs, JobRequest } from './job.ts';
export type { FilesInUse } from './files-in-use.ts';
export type { PreviewOptions } from './preview.ts';
export { option, OptionError, OptionName, Words, words, wordsOf, type OptionWriter } from '../words.ts';

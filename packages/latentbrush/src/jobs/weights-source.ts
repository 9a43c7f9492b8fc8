import type { DownloadProgress } from '../data/index.ts';
import type { LocateOptions } from '../pretrained/weights/locate.ts';
import type { JobContext } from './job.ts';
import type { JobReport } from './report.ts';

/** Where to look for weights; the download reports its progress. */
export function weightsSource(
  { dataDir, offline }: Pick<JobContext, 'dataDir' | 'offline'>,
  report: JobReport,
): Pick<LocateOptions, 'dataDir' | 'offline' | 'onProgress'> {
  return {
    ...(dataDir !== undefined && { dataDir }),
    ...(offline === true && { offline }),
    onProgress: ({ received, total }: DownloadProgress) =>
      void report.progress(received, total ?? received, 'bytes of weights'),
  };
}

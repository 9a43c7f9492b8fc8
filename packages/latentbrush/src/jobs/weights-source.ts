import type { DownloadProgress } from '../data/index.ts';
import type { LocatedWeights, LocateOptions } from '../pretrained/weights/locate.ts';
import type { JobContext } from './job.ts';
import type { JobReport } from './report.ts';

/** Where to look for weights; the download reports its progress. */
export function weightsSource(
  { dataDir, offline }: Pick<JobContext, 'dataDir' | 'offline'>,
  report: JobReport,
): Pick<LocateOptions, 'dataDir' | 'offline' | 'onProgress' | 'onKept'> {
  return {
    dataDir,
    offline,
    onKept: ({ path, from }: LocatedWeights) => void report.note(`weights that ${from} keeps: ${path}`),
    onProgress: ({ received, total }: DownloadProgress) =>
      void report.progress(received, total ?? received, 'bytes of weights'),
  };
}

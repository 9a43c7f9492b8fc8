import type { QueuedJob } from 'latentbrush/studio';
import { isTraining } from './trained-systems.ts';

/** The pages of jobs, by their names. */
const PAGES: Readonly<Record<string, string>> = {
  'dream.picture': '/go/dream',
  'style.paint': '/go/style',
  'style.apply': '/go/fast-style',
};

/** The page with the form of a job, if there is one. */
export function pageForJob(name: string): string | undefined {
  return isTraining(name) ? '/go/train' : PAGES[name];
}

/** The page of a job, if there is one. */
export function placeOfJob({
  id,
  job,
  options,
}: Pick<QueuedJob, 'id' | 'job' | 'options'>): string | undefined {
  const page = pageForJob(job);
  return page === undefined ? undefined : `${page}?${options.vary === undefined ? 'job' : 'vary'}=${id}`;
}

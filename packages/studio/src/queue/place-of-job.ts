import type { QueuedJob } from 'latentbrush/studio';

/** The pages of jobs, by their names. */
const PAGES: Readonly<Record<string, string>> = {
  'dream.picture': '/go/dream',
  'style.paint': '/go/style',
  'style.apply': '/go/fast-style',
  'vae.train': '/go/train',
  'vae.resume': '/go/train',
  'gan.train': '/go/train',
  'gan.resume': '/go/train',
  'text.train': '/go/train',
  'text.resume': '/go/train',
};

/** The page with the form of a job, if there is one. */
export function pageForJob(name: string): string | undefined {
  return PAGES[name];
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

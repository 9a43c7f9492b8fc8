import { InputError } from '@latentbrush/engine';
import type { Job } from './job.ts';

/** Everything that a person can ask for, by name; each job is loaded only when it is asked for. */
export const jobs = {
  'dream.picture': async () => (await import('./dream/picture.ts')).dreamPictureJob,
  'dream.zoom': async () => (await import('./dream/zoom.ts')).dreamZoomJob,
  'dream.frames': async () => (await import('./dream/frames.ts')).dreamFramesJob,
  'dream.explore': async () => (await import('./dream/explore.ts')).dreamExploreJob,
} as const;

/** Name of a job: it stands in recipes and queues. */
export type JobName = keyof typeof jobs;

/**
 * The job of a name.
 * @throws InputError when there is none
 * @example
 * const job = await jobNamed('dream.picture');
 * for await (const event of job.run({ inputs: { picture: 'cat.jpg' }, options: {}, output: 'dream.png' })) ...
 */
export async function jobNamed(name: string): Promise<Job> {
  if (!Object.hasOwn(jobs, name))
    throw new InputError(`${name}: there is no such job; choose ${Object.keys(jobs).join(', ')}`);
  return await jobs[name as JobName]();
}

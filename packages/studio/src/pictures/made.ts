import type { QueuedJob } from 'latentbrush/studio';
import { isStep } from './steps.ts';

/** A picture or an animation that a job made. */
export interface MadePicture {
  readonly job: QueuedJob;
  readonly file: string;
}

const PICTURE = /\.(png|jpe?g|webp|gif|avif|mp4)$/i;

/** Whether a file is an animation for a `video` element. */
export function isVideo(file: string): boolean {
  return file.toLowerCase().endsWith('.mp4');
}

/** Visible results of jobs, without their steps, newest first, like the jobs. */
export function madePictures(jobs: readonly QueuedJob[]): MadePicture[] {
  return jobs.flatMap((job) =>
    job.artefacts
      .filter((file) => PICTURE.test(file) && !isStep(file))
      .map((file) => ({ job, file }))
      .reverse(),
  );
}

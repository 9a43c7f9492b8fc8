import { InputError } from '@latentbrush/engine';
import type { Job } from './job.ts';

/** All jobs by name; each is loaded on first use. */
export const jobs = {
  'dream.picture': async () => (await import('./dream/picture.ts')).dreamPictureJob,
  'dream.zoom': async () => (await import('./dream/zoom.ts')).dreamZoomJob,
  'dream.frames': async () => (await import('./dream/frames.ts')).dreamFramesJob,
  'dream.explore': async () => (await import('./dream/explore.ts')).dreamExploreJob,
  'style.paint': async () => (await import('./style/paint.ts')).stylePaintJob,
  'style.paint-animation': async () => (await import('./style/paint-animation.ts')).stylePaintAnimationJob,
  'style.apply': async () => (await import('./style/apply.ts')).styleApplyJob,
  'style.apply-animation': async () => (await import('./style/apply-animation.ts')).styleApplyAnimationJob,
  'style.apply-folder': async () => (await import('./style/apply-folder.ts')).styleApplyFolderJob,
  'vae.sample': async () => (await import('./latent/sample.ts')).sampleJobs.vae,
  'gan.sample': async () => (await import('./latent/sample.ts')).sampleJobs.gan,
  'vae.decode': async () => (await import('./latent/decode.ts')).decodeJobs.vae,
  'gan.decode': async () => (await import('./latent/decode.ts')).decodeJobs.gan,
  'vae.interpolate': async () => (await import('./latent/interpolate.ts')).interpolateJobs.vae,
  'gan.interpolate': async () => (await import('./latent/interpolate.ts')).interpolateJobs.gan,
  'vae.walk': async () => (await import('./latent/walk.ts')).walkJobs.vae,
  'gan.walk': async () => (await import('./latent/walk.ts')).walkJobs.gan,
  'vae.concept': async () => (await import('./latent/concept.ts')).conceptJobs.vae,
  'gan.concept': async () => (await import('./latent/concept.ts')).conceptJobs.gan,
  'vae.bend': async () => (await import('./latent/bend.ts')).bendJobs.vae,
  'gan.bend': async () => (await import('./latent/bend.ts')).bendJobs.gan,
  'vae.grid': async () => (await import('./vae/grid.ts')).vaeGridJob,
  'vae.reconstruct': async () => (await import('./vae/reconstruct.ts')).vaeReconstructJob,
  'vae.encode': async () => (await import('./vae/encode.ts')).vaeEncodeJob,
  'vae.map': async () => (await import('./vae/map.ts')).vaeMapJob,
  'vae.neighbors': async () => (await import('./vae/neighbors.ts')).vaeNeighborsJob,
  'gan.score': async () => (await import('./gan/score.ts')).ganScoreJob,
  'gan.progress': async () => (await import('./gan/progress.ts')).ganProgressJob,
  'data.preview': async () => (await import('./data/preview.ts')).dataPreviewJob,
  'text.write': async () => (await import('./text/write.ts')).textWriteJob,
  'text.train': async () => (await import('./train/text.ts')).textTraining.train,
  'text.resume': async () => (await import('./train/text.ts')).textTraining.resume,
  'text.train-sample': async () => (await import('./train/text.ts')).textTrainSampleJob,
  'vae.train': async () => (await import('./train/vae.ts')).vaeTraining.train,
  'vae.resume': async () => (await import('./train/vae.ts')).vaeTraining.resume,
  'vae.train-sheet': async () => (await import('./train/vae.ts')).vaeTrainSheetJob,
  'gan.train': async () => (await import('./train/gan.ts')).ganTraining.train,
  'gan.resume': async () => (await import('./train/gan.ts')).ganTraining.resume,
  'gan.train-sheet': async () => (await import('./train/gan.ts')).ganTrainSheetJob,
  'style.train': async () => (await import('./train/style.ts')).styleTraining.train,
  'style.resume': async () => (await import('./train/style.ts')).styleTraining.resume,
  'style.train-sheet': async () => (await import('./train/style.ts')).styleTrainSheetJob,
} as const;

/** Name of a job, as in recipes and queues. */
export type JobName = keyof typeof jobs;

/**
 * Loads the job with a name.
 * @throws InputError when there is none
 * @example
 * const job = await jobs.jobNamed('dream.picture');
 * const request = { inputs: { picture: 'cat.jpg' }, options: { octaves: 1, iterations: 1 }, output: 'job.png' };
 * for await (const event of job.run(request)) {
 *   if (event.type === 'progress') console.log(event.done, event.total);
 *   if (event.type === 'artefact') console.log(event.path); // job.png
 * }
 */
export async function jobNamed(name: string): Promise<Job> {
  if (!Object.hasOwn(jobs, name))
    throw new InputError(`${name}: there is no such job; choose ${Object.keys(jobs).join(', ')}`);
  return await jobs[name as JobName]();
}

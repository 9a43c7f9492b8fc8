import type { JobName } from '../../jobs/public.ts';
import type { QueueRequest } from './job-queue.ts';

/** The name of a job's result; a sheet of variations has its own. */
export function artefactName({ job, options, format }: QueueRequest): string {
  if (options.vary !== undefined) return 'variations.png';
  const name = ARTEFACT_NAMES[job as JobName];
  return format === undefined ? name : name.replace(/\.\w+$/, `.${format}`);
}

/** The name of a job's artefact in the folder of the job: its extension is the format. A slash at the end means a folder. */
export const ARTEFACT_NAMES = {
  'dream.picture': 'dream.png',
  'dream.zoom': 'zoom.webp',
  'dream.frames': 'dream.webp',
  'dream.explore': 'explored/',
  'style.paint': 'painting.png',
  'style.paint-animation': 'painting.webp',
  'style.apply': 'painting.png',
  'style.apply-animation': 'painting.webp',
  'style.apply-folder': 'paintings/',
  'vae.sample': 'samples.png',
  'gan.sample': 'samples.png',
  'vae.decode': 'decoded.png',
  'gan.decode': 'decoded.png',
  'vae.interpolate': 'interpolated.png',
  'gan.interpolate': 'interpolated.png',
  'vae.walk': 'walk.webp',
  'gan.walk': 'walk.webp',
  'vae.concept': 'concept.json',
  'gan.concept': 'concept.json',
  'vae.bend': 'bent.png',
  'gan.bend': 'bent.png',
  'vae.grid': 'grid.png',
  'vae.reconstruct': 'reconstructed.png',
  'vae.encode': 'point.json',
  'vae.map': 'map.png',
  'vae.neighbors': 'neighbors.png',
  'gan.score': 'score.json',
  'gan.progress': 'progress.gif',
  'data.preview': 'sheet.png',
  'text.write': 'text.txt',
  'text.train': 'run/',
  'text.resume': 'run/',
  'text.train-sample': 'text.txt',
  'vae.train': 'run/',
  'vae.resume': 'run/',
  'vae.train-sheet': 'sheet.png',
  'gan.train': 'run/',
  'gan.resume': 'run/',
  'gan.train-sheet': 'sheet.png',
  'style.train': 'run/',
  'style.resume': 'run/',
  'style.train-sheet': 'sheet.png',
} as const satisfies Readonly<Record<JobName, string>>;

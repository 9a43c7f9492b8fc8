/** Kinds of networks that the page trains. */
export const TRAINED_SYSTEMS = ['vae', 'gan', 'text', 'style'] as const;

export type TrainedSystem = (typeof TRAINED_SYSTEMS)[number];

/** Whether a job trains a network of these kinds: `vae.train`, `vae.resume`. */
export function isTraining(job: string): boolean {
  const [system, task] = job.split('.');
  return TRAINED_SYSTEMS.some((one) => one === system) && (task === 'train' || task === 'resume');
}

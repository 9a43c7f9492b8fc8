import { readConcept } from '../../latent/index.ts';
import type { JobQueue } from '../queue/job-queue.ts';

/** A concept for the explorer. */
export interface LearnedConcept {
  /** The job that learned it. */
  readonly job: string;
  readonly name: string;
  /** From the mean of the points without the concept to the mean of those with it. */
  readonly direction: readonly number[];
  /** Accuracy of its classifier. */
  readonly accuracy: number;
}

/**
 * The concepts that jobs of the queue learned in the latent space of a run.
 * @param run the folder of the run
 */
export async function learnedConcepts(
  queue: Pick<JobQueue, 'list' | 'pathOf'>,
  run: string,
): Promise<LearnedConcept[]> {
  const learned = queue
    .list()
    .filter(({ job, inputs }) => /^(?:vae|gan)\.concept$/.test(job) && inputs.run === run)
    .flatMap(({ id, artefacts }) =>
      artefacts.filter((file) => file.endsWith('.json')).map((file) => ({ id, file })),
    );
  const read = learned.map(async ({ id, file }): Promise<LearnedConcept[]> => {
    // Its file may have been deleted since.
    const concept = await readConcept(queue.pathOf(id, file)).catch(() => undefined);
    if (concept === undefined) return [];
    const { name, mean, accuracy } = concept;
    return [{ job: id, name, direction: [...mean], accuracy }];
  });
  return (await Promise.all(read)).flat();
}

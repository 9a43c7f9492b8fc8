import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, Random } from '@latentbrush/engine';
import { z } from 'zod';
import { learnConcept, readConcept, writeConcept, type Concept } from '../../latent/index.ts';
import { conceptsOfRun, isPretrained } from '../../runs/pretrained-runs.ts';
import type { JobQueue } from '../queue/job-queue.ts';
import type { LatentMap } from './latent-map.ts';

/** A concept for the explorer. */
export interface LearnedConcept {
  /** The job that learned it; undefined for concepts that come with a run of the package. */
  readonly job?: string;
  readonly name: string;
  /** Whether it comes with a run of the package: pages have words for its name. */
  readonly isPretrained?: boolean | undefined;
  /** From the mean of the points without the concept to the mean of those with it. */
  readonly direction: readonly number[];
  /** Accuracy of its classifier on pictures that it has not seen, 0 to 1. */
  readonly accuracy: number;
  /** Accuracy of always predicting the more frequent answer. */
  readonly chance: number;
}

/**
 * The concepts of the latent space of a run: those that come with it, and those that jobs of the queue learned.
 * @param run the folder of the run, or its name if it comes with the package
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
  const read = learned.map(({ id, file }) => entryOf(queue.pathOf(id, file), id));
  return [...(await comingWith(run)), ...(await Promise.all(read)).flat()];
}

/** Those that come with a run of the package. */
async function comingWith(run: string): Promise<LearnedConcept[]> {
  if (!isPretrained(run)) return [];
  const folder = conceptsOfRun(run);
  const files = (await readdir(folder).catch(() => [])).sort();
  const found = (await Promise.all(files.map((file) => entryOf(join(folder, file), '')))).flat();
  return found.map((concept) => ({ ...concept, isPretrained: true }));
}

/** The concept in a file; none when the file was deleted or is damaged. */
async function entryOf(path: string, job: string): Promise<LearnedConcept[]> {
  const concept = await readConcept(path).catch(() => undefined);
  return concept === undefined ? [] : [asEntry(concept, job)];
}

/** A concept as the explorer uses it. @param job the job that learned it */
export function asEntry({ name, mean, accuracy, chance }: Concept, job: string): LearnedConcept {
  return { job, name, direction: [...mean], accuracy, chance };
}

const indices = z.array(z.int().min(0)).max(10_000);

/** Two groups of pictures on a map, and the name of what distinguishes them. */
export const conceptRequest = z.strictObject({
  name: z.string().trim().min(1).max(60),
  /** Numbers of pictures on the map that have it. */
  with: indices,
  /** Numbers of pictures that do not. */
  without: indices,
  /** Of the map: another checkpoint has another latent space. */
  tag: z.string(),
});

/**
 * Learns what distinguishes two groups of pictures on a map, and keeps it.
 * @param folder where to keep it, as a file of a concept
 * @throws InputError when a group is too small, has a picture that is not on the map, or the map is an older one
 */
export async function learnFromMap(
  map: LatentMap,
  request: z.output<typeof conceptRequest>,
  folder: string,
): Promise<LearnedConcept> {
  if (request.tag !== map.tag)
    throw new InputError(
      'the network was trained further; load the page again and select the pictures again',
    );
  const pointsOf = (numbers: readonly number[]): Float32Array[] =>
    numbers.map((number) => {
      const point = map.points[number];
      if (point === undefined)
        throw new InputError(`picture ${number} is not on the map, which has ${map.points.length} pictures`);
      return Float32Array.from(point);
    });
  const concept = await learnConcept(
    request.name,
    pointsOf(request.with),
    pointsOf(request.without),
    new Random(1),
  );
  await mkdir(folder, { recursive: true });
  await writeConcept(join(folder, `${randomBytes(6).toString('hex')}.json`), concept);
  return asEntry(concept, '');
}

/** The concepts that were learned on the map of a run. @param folder of them */
export async function keptConcepts(folder: string): Promise<LearnedConcept[]> {
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.json')).sort();
  return (await Promise.all(files.map((file) => entryOf(join(folder, file), '')))).flat();
}

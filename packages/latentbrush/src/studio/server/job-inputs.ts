import { realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { z } from 'zod';
import { corpora, downloadableDatasets, emojiSetNames, paintings, photographs } from '../../data/index.ts';
import { writeFileAtomic } from '../../files/atomic-file.ts';
import type { JobInputs } from '../../jobs/public.ts';
import { NotThereError, type JobQueue } from '../queue/job-queue.ts';
import type { RunFolders } from './run-folders.ts';
import type { Collections } from './collections.ts';
import type { Uploads } from './uploads.ts';

const reference = z.union([
  z.strictObject({ upload: z.string() }).describe('an uploaded picture'),
  z.strictObject({ job: z.string(), file: z.string() }).describe('something that a job made'),
  z.strictObject({ run: z.string() }).describe('a run'),
  z.strictObject({ dataset: z.string() }).describe('a data set or a corpus, by its name'),
  z.strictObject({ collection: z.string() }).describe('uploaded pictures or a text, for training'),
  z.strictObject({ example: z.string() }).describe('a picture that comes with the package'),
]);

/** An input in a request of a page: never a path. */
export type InputReference = z.output<typeof reference>;

/** The inputs of a job in a request of a page. */
export const inputReferences = z.record(z.string(), z.union([reference, z.array(reference).max(100)]));

/** Pictures that come with the package, by name. */
export const examples = { ...photographs, ...paintings };

/** The kinds of inputs; nothing else has a path. */
export interface InputPlaces {
  readonly uploads: Uploads;
  readonly collections: Collections;
  readonly queue: JobQueue;
  readonly runs: RunFolders;
  /** Where pictures of the package are copied when a job uses them. */
  readonly examplesFolder: string;
}

/**
 * The paths and names of inputs. @throws InputError when one does not exist
 */
export async function resolveInputs(
  given: z.output<typeof inputReferences>,
  places: InputPlaces,
): Promise<JobInputs> {
  const entries = Object.entries(given).map(async ([name, value]) => {
    const found = Array.isArray(value)
      ? await Promise.all(value.map((each) => resolveInput(each, places)))
      : await resolveInput(value, places);
    return [name, found] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function resolveInput(
  given: InputReference,
  { uploads, collections, queue, runs, examplesFolder }: InputPlaces,
): Promise<string> {
  if ('upload' in given) return uploads.pathOf(given.upload);
  if ('job' in given) return existingFile(queue, given.job, given.file);
  if ('run' in given) return runs.pathOf(given.run);
  if ('dataset' in given) return knownDataset(given.dataset);
  if ('collection' in given) return collections.pathOf(given.collection);
  const { example } = given;
  if (!Object.hasOwn(examples, example)) throw new NotThereError(`there is no example called ${example}`);
  const path = join(examplesFolder, `${example}.jpg`);
  await writeFileAtomic(path, await examples[example as keyof typeof examples].load());
  return path;
}

/**
 * The real path of a file of a job. @throws InputError when it does not exist, or a link leads out of the folders of the job
 */
export async function existingFile(queue: JobQueue, id: string, file: string): Promise<string> {
  const path = queue.pathOf(id, file);
  const { run } = queue.get(id);
  // The folder of the job itself can be behind a link: the studio's folder can be on another disk.
  const roots = [dirname(queue.pathOf(id, 'job.json')), ...(run === undefined ? [] : [run])];
  try {
    const real = await realpath(path);
    if ((await stat(real)).isFile())
      for (const root of roots) if (real.startsWith((await realpath(root)) + sep)) return real;
  } catch {
    // reported below
  }
  throw new NotThereError('there is no such file');
}

/** The name of a data set or a corpus: `mnist`, `cifar10:frog`, `emoji:faces`, `moby-dick`. */
export function knownDataset(name: string): string {
  const known = [
    ...downloadableDatasets.map((entry) => entry.name),
    ...emojiSetNames,
    ...corpora.map((entry) => entry.name),
    'emoji',
  ];
  const [stem = ''] = name.split(':');
  if (!/^[\p{L}\p{N}:, -]{1,100}$/u.test(name) || !known.includes(stem))
    throw new NotThereError(`there is no data set called ${name}`);
  return name;
}

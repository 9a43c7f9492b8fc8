import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeConcept } from '../../latent/index.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { JobQueue, QueuedJob } from '../queue/job-queue.ts';
import { learnedConcepts } from './concepts.ts';

const job = (id: string, name: string, run: string, artefacts: string[]): QueuedJob => ({
  id,
  job: name,
  inputs: { run },
  options: {},
  state: 'done',
  created: 0,
  artefacts,
});

it('of a run of the package are those that come with it, and those of jobs', async () => {
  const none = { list: () => [], pathOf: () => '' };
  const concepts = await learnedConcepts(none, 'pretrained:faces-vae');
  const smile = concepts.find(({ name }) => name === 'smile')!;
  expect(smile.isPretrained).toBe(true);
  expect(smile.direction.length).toBeGreaterThan(2);
  expect(smile.accuracy).toBeGreaterThan(0.5);
  expect(smile.job).toBe('');
});

it('are those of jobs on the run whose files exist and are complete', async () => {
  const folder = await temporaryFolder();
  const path = (id: string): string => join(folder, `${id}.json`);
  const smile = {
    name: 'smile',
    mean: Float32Array.of(1, 2),
    logistic: Float32Array.of(2, 1),
    accuracy: 0.9,
    chance: 0.5,
    positives: 5,
    negatives: 5,
  };
  for (const id of ['a', 'b']) await writeConcept(path(id), smile);
  await writeFile(path('c'), '{"format":"another"}');
  const jobs = [
    job('a', 'vae.concept', 'faces', ['concept.json']),
    job('b', 'vae.concept', 'another run', ['concept.json']),
    job('c', 'vae.concept', 'faces', ['concept.json']),
    job('gone', 'gan.concept', 'faces', ['concept.json']),
    job('d', 'vae.encode', 'faces', ['point.json']),
    job('e', 'vae.concept', 'faces', []),
  ];
  const queue: Pick<JobQueue, 'list' | 'pathOf'> = { list: () => jobs, pathOf: path };
  expect(await learnedConcepts(queue, 'faces')).toEqual([
    { job: 'a', name: 'smile', direction: [1, 2], accuracy: 0.9, chance: 0.5 },
  ]);
});

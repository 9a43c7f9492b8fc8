import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderWithRuns } from '../../cli/commands/latent/testing/runs.ts';
import { readPicture, readRecipe } from '../../image/index.ts';
import { OptionError } from '../../words.ts';
import type { JobEvent } from '../job.ts';
import { jobNamed, jobs } from '../registry.ts';
import { remadeRequest } from '../remade-request.ts';
import { sampleJobs } from './sample.ts';
import { walkJobs } from './walk.ts';

let folder: string;
beforeAll(async () => {
  folder = await folderWithRuns(['vae', 'gan']);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

async function allOf(job: AsyncIterable<JobEvent>): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of job) events.push(event);
  return events;
}

describe.each(['vae', 'gan'] as const)('the jobs of a latent space: %s', (system) => {
  const request = (output: string) => ({
    inputs: { run: at(`runs/${system}`) },
    options: { threads: 1 },
    output: at(output),
  });

  it('a walk reports each frame, shows it when asked, and names its file', async () => {
    const asked = request(`${system}.gif`);
    const walk = { ...asked, options: { points: 2, steps: 2, threads: 1 } };
    const events = await allOf(walkJobs[system].run(walk));
    expect(events.map(({ type }) => type)).toEqual([
      ...Array<string>(4).fill('progress'),
      'artefact',
      'done',
    ]);
    const watched = await allOf(walkJobs[system].run(walk, { preview: { every: 0 } }));
    expect(watched.filter(({ type }) => type === 'preview').length).toBeGreaterThan(0);
  });

  it('a recipe names the job, which makes the same result again', async () => {
    const asked = request(`${system}.png`);
    await allOf(sampleJobs[system].run({ ...asked, options: { count: 2, threads: 1 } }));
    const recipe = (await readRecipe(asked.output))!;
    const checkpoint = at(`runs/${system}/checkpoints/${recipe.inputs[0]!.name}`);
    const again = await remadeRequest(recipe, [checkpoint], at(`${system}-again.png`));
    expect(again.job).toBe(sampleJobs[system]);
    await allOf(again.job.run(again.request));
    expect(await readPicture(again.request.output)).toEqual(await readPicture(asked.output));
  });

  it('aborted, a folder has the finished pictures, and the last event says how many', async () => {
    const asked = request(`${system}-aborted`);
    const controller = new AbortController();
    const events: JobEvent[] = [];
    const job = sampleJobs[system].run(
      { ...asked, options: { seeds: '1-9', threads: 1 } },
      { signal: controller.signal },
    );
    for await (const event of job) {
      events.push(event);
      if (event.type === 'progress' && event.done === 2) controller.abort();
    }
    expect(events.at(-1)).toMatchObject({ type: 'done', reason: 'aborted', reached: '2 of 9 pictures' });
    expect((await readdir(asked.output)).sort()).toEqual(['seed-1.png', 'seed-2.png']);
    const before = { ...asked, output: `${asked.output}-early` };
    const early = allOf(sampleJobs[system].run(before, { signal: AbortSignal.abort() }));
    await expect(early).rejects.toThrow('aborted');
  });

  it('refuses unknown options, and a job without a run', async () => {
    const asked = request('no.png');
    const options = { truncation: 0 };
    const failing = allOf(sampleJobs[system].run({ ...asked, options }));
    await expect(failing).rejects.toThrow(OptionError);
    await expect(failing).rejects.toThrow(
      { vae: /^option truncation: there is no such option$/, gan: /^option truncation: 0 was given; a number from 0\.1 to 10/ }[system], // prettier-ignore
    );
    const nowhere = allOf(walkJobs[system].run({ inputs: {}, options: {}, output: at('no.gif') }));
    await expect(nowhere).rejects.toThrow(`${system}: no run was given`);
  });

  it('are found by name', async () => {
    const names = Object.keys(jobs).filter((name) => name.startsWith(`${system}.`));
    expect(names.length).toBeGreaterThanOrEqual(8);
    for (const name of names) {
      const job = await jobNamed(name);
      expect(job.name).toBe(name);
      expect(job.about).toMatch(/\.$/);
    }
  });
});

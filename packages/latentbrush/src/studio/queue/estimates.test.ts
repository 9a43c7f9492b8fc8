import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { jobNamed } from '../../jobs/public.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { built, testStudio, worker } from '../testing/studio.ts';
import { Estimates, MOST_WAITING, type EstimateAnswer } from './estimates.ts';
import { TooManyError } from './job-queue.ts';

const title = built ? 'an estimate' : 'an estimate (packages/latentbrush/dist is not built)';
const options = { units: 8, window: 8, maxSteps: 5, sampleLength: 0, threads: 1 };

describe.skipIf(!built)(title, () => {
  it('of a training says memory and time without training, and is remembered', async () => {
    const { fetch, queue } = await testStudio();
    const asked = async (request: object): Promise<{ status: number; answer: EstimateAnswer }> => {
      const response = await fetch('/api/estimates', { method: 'POST', body: JSON.stringify(request) });
      return { status: response.status, answer: (await response.json()) as EstimateAnswer };
    };
    const request = { job: 'text.train', inputs: { corpus: { dataset: 'moby-dick' } }, options };
    const first = await asked(request);
    expect(first).toMatchObject({ status: 200, answer: { steps: 5, isBusy: false } });
    for (const figure of ['memory', 'seconds', 'free'])
      expect(first.answer).toHaveProperty(figure, expect.any(Number));
    const again = (await asked(request)).answer;
    expect({ ...again, free: 0 }).toEqual({ ...first.answer, free: 0 }); // measured again, the time would differ
    expect(queue.list()).toEqual([]);

    const missing = await asked({ ...request, inputs: { corpus: { dataset: 'emoji' } } }); // pictures, no corpus
    expect(missing).toMatchObject({ status: 200, answer: { error: [expect.stringMatching(/^emoji/)] } });
    const wrong = await asked({ ...request, options: { units: -1 } });
    expect(wrong).toMatchObject({
      status: 400,
      answer: { error: [{ option: 'units' }, expect.any(String)] },
    });
    expect(await asked({ job: 'dream.picture', inputs: {} })).toMatchObject({ status: 404 });
  });

  it('of a run says what is left of it, and is measured each time', async () => {
    const { fetch, folder, queue } = await testStudio();
    const asked = async (request: object): Promise<{ status: number; answer: EstimateAnswer }> => {
      const response = await fetch('/api/estimates', { method: 'POST', body: JSON.stringify(request) });
      return { status: response.status, answer: (await response.json()) as EstimateAnswer };
    };
    const job = await jobNamed('text.train');
    const output = join(folder, 'runs', 'sea');
    for await (const event of job.run({ inputs: { corpus: 'moby-dick' }, options, output })) void event;
    const request = { job: 'text.resume', run: 'sea', options: { maxSteps: 9 } };
    const first = await asked(request);
    expect(first).toMatchObject({ status: 200, answer: { steps: 4 } });
    const resume = await jobNamed('text.resume');
    for await (const event of resume.run({ inputs: {}, options: { maxSteps: 7 }, output })) void event;
    expect(await asked(request)).toMatchObject({ status: 200, answer: { steps: 2 } });
    expect(await asked({ ...request, run: 'none' })).toMatchObject({ status: 404 });
    expect(await asked({ ...request, run: '../runs/sea' })).toMatchObject({ status: 400 });
    expect(await asked({ ...request, run: 'pretrained:moby-dick' })).toMatchObject({ status: 400 });
    expect(queue.list()).toEqual([]);
  });

  it('of a training whose data are not downloaded has a code, and no other error has it', async () => {
    for (const name of ['LATENTBRUSH_CACHE_DIR', 'LATENTBRUSH_DATA_DIR'])
      vi.stubEnv(name, await temporaryFolder());
    const { fetch } = await testStudio();
    const answer = async (dataset: string): Promise<unknown> => {
      const body = JSON.stringify({
        job: 'vae.train',
        inputs: { dataset: { dataset } },
        options: { epochs: 1 },
      });
      return (await fetch('/api/estimates', { method: 'POST', body })).json();
    };
    expect(await answer('fashion-mnist')).toEqual({
      error: [expect.stringMatching(/not in the cache/)],
      code: 'not-downloaded',
    });
    expect(await answer('moby-dick')).toEqual({ error: [expect.stringMatching(/^moby-dick/)] }); // text, no pictures
  });

  it('that nobody waits for is ended, also before its turn', async () => {
    const estimates = new Estimates({ worker, isBusy: () => true });
    const request = { job: 'text.train', inputs: { corpus: 'moby-dick' }, options };
    const left = new AbortController();
    const running = estimates.of(request, left.signal);
    const waiting = estimates.of(request, left.signal);
    setTimeout(() => left.abort(), 50);
    expect(await waiting).toEqual({ error: ['cancelled'] });
    expect(await running).toEqual({ error: ['cancelled'] });
  });
});

describe('estimates', () => {
  afterEach(() => void vi.useRealTimers());

  /** Estimates by a program in place of the worker. */
  const measuredBy = async (program: string): Promise<Estimates> => {
    const file = join(await temporaryFolder(), 'worker.mjs');
    await writeFile(file, program);
    return new Estimates({ worker: pathToFileURL(file), isBusy: () => false });
  };
  const request = { job: 'text.train', inputs: { corpus: 'moby-dick' }, options };

  it('are measured again after some minutes, since data can change', async () => {
    const estimates = await measuredBy(
      `process.once('message', () =>
        process.send({ type: 'estimate', estimate: { memory: process.pid, seconds: 1, steps: 5 } }, () => process.exit()));`,
    );
    const memory = async (): Promise<number> => {
      const answer = await estimates.of(request, new AbortController().signal);
      return 'error' in answer ? NaN : answer.memory;
    };
    vi.useFakeTimers({ toFake: ['Date'] });
    const first = await memory();
    expect(first).toBeGreaterThan(0);
    vi.advanceTimersByTime(4 * 60_000);
    expect(await memory()).toBe(first);
    vi.advanceTimersByTime(2 * 60_000);
    const second = await memory();
    expect(second).toBeGreaterThan(0);
    expect(second).not.toBe(first);
    expect(await memory()).toBe(second);
  });

  it('wait up to a limit', async () => {
    const estimates = await measuredBy('setInterval(() => undefined, 1000);');
    const left = new AbortController();
    const waiting = Array.from({ length: MOST_WAITING }, () => estimates.of(request, left.signal));
    await expect(estimates.of(request, left.signal)).rejects.toThrow(
      new TooManyError('the studio measures 20 other trainings first; try again in a minute'),
    );
    left.abort();
    for (const one of waiting) expect(await one).toEqual({ error: ['cancelled'] });
  });
});

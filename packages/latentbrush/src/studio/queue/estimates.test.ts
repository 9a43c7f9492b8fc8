import { describe, expect, it } from 'vitest';
import { built, testStudio, worker } from '../testing/studio.ts';
import { Estimates, type EstimateAnswer } from './estimates.ts';

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

  it('that nobody waits for is ended, also before its turn', async () => {
    const estimates = new Estimates({ worker, isBusy: () => true });
    const request = { job: 'text.train', inputs: { corpus: 'moby-dick' }, options };
    const left = new AbortController();
    const running = estimates.of(request, left.signal);
    const waiting = estimates.of(request, left.signal);
    setTimeout(() => left.abort(), 50);
    expect(await waiting).toEqual({ error: ['cancelled'] });
    expect(await running).toHaveProperty('error');
  });
});

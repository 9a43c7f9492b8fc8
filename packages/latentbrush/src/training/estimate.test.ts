import { TrainingState } from '@latentbrush/engine';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { estimateTraining } from './estimate.ts';
import { progressSchema } from './progress.ts';
import type { Reports, Task } from './task.ts';
import type { TrainableSystem } from './trainable.ts';

/** A clock that moves only when something takes time. */
let now = 0;
beforeEach(() => {
  now = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
const takes = async (milliseconds: number): Promise<void> => {
  await Promise.resolve();
  now += milliseconds;
};

interface Times {
  readonly compile: number;
  readonly step: (step: number) => number;
  readonly evaluate: number;
  readonly sample: number;
  readonly stepsPerEpoch?: number;
}

/** What was done, in order. */
let done: string[] = [];
afterEach(() => (done = []));

type Options = {
  seed: number;
  epochs?: number;
  iterations?: number;
  sampleEvery?: number;
  maxSteps?: number;
};

/** A system whose parts take these times. */
function system(
  times: Times,
): TrainableSystem<Reports, string, Options & { checkpointEvery: number }, Record<string, never>> {
  const options = z.any() as z.ZodType<Options & { checkpointEvery: number }>;
  return {
    runs: { system: 'slow', options, extra: z.object({}), progress: progressSchema(z.object({})) },
    options,
    places: [],
    prepare: (_, given) => ({
      options: given,
      extra: {},
      compile: async ({ run, checkpoint }) => {
        expect([run, checkpoint]).toEqual([undefined, undefined]);
        await takes(times.compile);
        return {
          state: new TrainingState({}),
          optimizers: [],
          metricsEvery: 1,
          ...(times.stepsPerEpoch !== undefined && { stepsPerEpoch: times.stepsPerEpoch }),
          start: () => ({ memory: 123 }),
          step: async (step) => {
            done.push('step');
            await takes(times.step(step));
            return { loss: 1 };
          },
          evaluate: async () => {
            done.push('evaluate');
            await takes(times.evaluate);
            return { report: {}, watched: 1 };
          },
          sample: async function* () {
            await takes(times.sample);
            done.push('sample');
            yield {};
          },
          model: () => undefined,
          remedy: () => '',
          release: async () => void done.push(await Promise.resolve('release')),
        } satisfies Task<Reports>;
      },
    }),
  };
}

const times = { compile: 500, step: (step: number) => (step < 2 ? 900 : 100), evaluate: 1000, sample: 2000 };

it('an estimate is compiling, all steps at the pace of the later ones, and an evaluation with samples for each epoch', async () => {
  const estimate = await estimateTraining(system({ ...times, stepsPerEpoch: 50 }), 'data', {
    seed: 1,
    epochs: 3,
    checkpointEvery: 9,
  });
  expect(estimate).toEqual({ memory: 123, steps: 150, seconds: 0.5 + 150 * 0.1 + 3 * (1 + 2) });
  expect(done.join(' ')).toBe('step step step step step step evaluate sample release');
});

it('counts the samples of a training by iterations by their interval, and ends at maxSteps', async () => {
  const of = (options: Options) =>
    estimateTraining(system(times), 'data', { ...options, checkpointEvery: 9 });
  expect((await of({ seed: 1, iterations: 40, sampleEvery: 15 })).seconds).toBeCloseTo(0.5 + 4 + 2 * 3);
  expect((await of({ seed: 1, iterations: 40, sampleEvery: 15, maxSteps: 10 })).seconds).toBeCloseTo(0.5 + 1);
  expect(await of({ seed: 1, iterations: 1, sampleEvery: 5 })).toEqual({
    memory: 123,
    steps: 1,
    seconds: 0.5 + 0.9,
  });
});

it('stops after a step when it is aborted', async () => {
  const options = { seed: 1, iterations: 40, sampleEvery: 15, checkpointEvery: 9 };
  const { steps } = await estimateTraining(system(times), 'data', options, AbortSignal.abort());
  expect(steps).toBe(40);
  expect(done.join(' ')).toBe('step step step release');
});

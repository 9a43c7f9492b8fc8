import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { float32, InputError } from '@latentbrush/engine';
import { beforeEach, describe, expect, it } from 'vitest';
import { loadCheckpoint, saveCheckpoint, savedSteps } from '../runs/checkpoint.ts';
import { readMetrics } from '../runs/metrics.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { resumeTraining, startTraining, type TrainingEvent } from './index.ts';
import { sine, type SineReports } from './testing/sine.ts';

type Event = TrainingEvent<SineReports>;

async function all(events: AsyncIterable<Event>): Promise<Event[]> {
  const collected: Event[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

function losses(events: readonly Event[]): number[] {
  return events.flatMap((event) => (event.type === 'step' ? [event.loss] : []));
}

/** Types of events and their steps, without the steps themselves: `start 0`, `sample 50` ... */
function marks(events: readonly Event[]): string[] {
  return events.flatMap(({ type, step }) => (type === 'step' ? [] : [`${type} ${step}`]));
}

let run: string;
beforeEach(async () => {
  run = join(await temporaryFolder(), 'run');
});

describe('a system of 60 lines', () => {
  it('learns, and reports start, steps, samples, checkpoints and its end', async () => {
    const events = await all(startTraining(sine, 'none', { iterations: 300, sampleEvery: 150 }));
    const measured = losses(events);
    expect(measured).toHaveLength(300);
    expect(measured.at(-1)!).toBeLessThan(measured[0]! / 3);
    expect(marks(events).filter((mark) => !mark.startsWith('checkpoint'))).toEqual([
      'start 0',
      'sample 150',
      'sample 300',
      'done 300',
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'done', reason: 'finished' });
  });

  it('writes a run: options, metrics, the newest checkpoints', async () => {
    await all(startTraining(sine, 'none', { run, iterations: 50 }));
    expect(JSON.parse(await readFile(join(run, 'run.json'), 'utf8'))).toMatchObject({
      system: 'sine',
      options: { iterations: 50, learningRate: 0.01 },
      extra: { data: 'none' },
    });
    const steps = (await readMetrics({ folder: run })).map(({ step }) => step);
    expect(steps).toEqual([10, 20, 30, 40, 50]);
    expect(await savedSteps({ folder: run })).toEqual([50, 40]);
  });

  it('keeps the given number of newest checkpoints, also when it continues', async () => {
    await all(startTraining(sine, 'none', { run, iterations: 80, keep: 3 }));
    expect(await savedSteps({ folder: run })).toEqual([80, 60, 40]);
    await all(resumeTraining(sine, run, 'none', { iterations: 120, keep: 4 }));
    expect(await savedSteps({ folder: run })).toEqual([120, 100, 80, 60]);
  });

  it('stopped by its signal after any step it saves, and continues to the same losses', async () => {
    const whole = losses(await all(startTraining(sine, 'none', {})));
    const seen: number[] = [];
    for (const stopAt of [1, 30, 73]) {
      const controller = new AbortController();
      const { signal } = controller;
      const part =
        seen.length === 0
          ? startTraining(sine, 'none', { run }, signal)
          : resumeTraining(sine, run, 'none', {}, signal);
      for await (const event of part) {
        if (event.type === 'step') seen.push(event.loss);
        if (event.type === 'step' && event.step === stopAt) controller.abort();
        if (event.type === 'done') expect(event).toMatchObject({ reason: 'aborted', step: stopAt });
      }
    }
    seen.push(...losses(await all(resumeTraining(sine, run, 'none', {}))));
    expect(seen).toEqual(whole);
  });

  const compiled = fileURLToPath(new URL('../../dist/training/', import.meta.url));
  it.skipIf(!existsSync(compiled))(
    'killed, it repeats the steps since its last checkpoint (needs the build)',
    async () => {
      const program = `
      const { startTraining } = await import('${compiled}index.js');
      const { sine } = await import('${compiled}testing/sine.js');
      for await (const { type, step } of startTraining(sine, 'none', { run: process.argv[1], iterations: 1e6 }))
        if (type === 'step' && step === 47) process.kill(process.pid, 'SIGKILL');
    `;
      const child = spawn(process.execPath, ['--input-type=module', '-e', program, run]);
      await new Promise((resolve) => child.once('close', resolve));
      const whole = losses(await all(startTraining(sine, 'none', {})));
      const events = await all(resumeTraining(sine, run, 'none', { iterations: 100 }));
      expect(events[0]).toMatchObject({ type: 'start', step: 40 });
      expect(losses(events)).toEqual(whole.slice(40));
      expect((await readMetrics({ folder: run })).map(({ step }) => step)).toEqual(
        Array.from({ length: 10 }, (_, index) => 10 * (index + 1)),
      );
    },
  );

  it('continues a finished run for more steps, else does nothing', async () => {
    await all(startTraining(sine, 'none', { run, iterations: 20 }));
    expect(marks(await all(resumeTraining(sine, run, 'none', {})))).toEqual(['start 20', 'done 20']);
    expect(losses(await all(resumeTraining(sine, run, 'none', { iterations: 25 })))).toHaveLength(5);
  });
});

describe('what the loop refuses', () => {
  it('a loss that is NaN or infinite: it names the step, the last good checkpoint and what to change', async () => {
    await all(startTraining(sine, 'none', { run, iterations: 20 }));
    const { tensors, state } = await loadCheckpoint({ folder: run }, 'latest');
    const huge = float32(new Float32Array(8).fill(3e38), [8, 1]);
    await saveCheckpoint({ folder: run }, 20, { ...tensors, 'output/kernel': huge }, state);
    const failing = all(resumeTraining(sine, run, 'none', { iterations: 30 }));
    await expect(failing).rejects.toThrow(InputError);
    await expect(failing).rejects.toThrow(
      'training: diverged at step 21 (NaN or infinity). Last good checkpoint: step 20; lower the learning rate (now 0.01)',
    );
    await expect(all(startTraining(sine, 'none', { learningRate: 1e300 }))).rejects.toThrow(
      /No checkpoint was saved/,
    );
  });

  it('a checkpoint that lacks a tensor, has one more, or another shape', async () => {
    await all(startTraining(sine, 'none', { run, iterations: 20 }));
    const { tensors, state } = await loadCheckpoint({ folder: run }, 'latest');
    const { 'output/kernel': kernel, ...without } = tensors;
    for (const wrong of [
      without,
      { ...tensors, another: kernel! },
      { ...without, 'output/kernel': float32(new Float32Array(9), [9, 1]) },
    ]) {
      await saveCheckpoint({ folder: run }, 20, wrong, state);
      await expect(all(resumeTraining(sine, run, 'none', { iterations: 30 }))).rejects.toThrow(
        /the checkpoint of step 20 does not match the network or optimizer in run\.json/,
      );
    }
  });
});

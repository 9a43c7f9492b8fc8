import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { float32 } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { copyForUse } from './copy-for-use.ts';
import { appendMetric, readMetrics } from './metrics.ts';
import { createRun, openRun } from './run.ts';

/** A run of 3 epochs of 150 steps each; the second is the best. */
async function trainedRun(folder: string): Promise<void> {
  const run = await createRun(folder, { system: 'mine', options: { rate: 1 }, seed: 5, extra: { place: '/a/b', size: 3 } }); // prettier-ignore
  for (let step = 1; step <= 450; step++) {
    await appendMetric(run, { type: 'step', step, loss: 1 / step });
    if (step % 150 !== 0) continue;
    await appendMetric(run, { type: 'epoch', step, loss: 1 });
    const tensors = { weight: float32([step, 1 / 3]), 'adam/mean:weight': float32([0, 0]) };
    await saveCheckpoint(run, step, tensors, { at: step }, { best: step === 300 });
  }
}

describe('copyForUse', () => {
  it('keeps the description, a curve, and the weights of the best checkpoint as half floats', async () => {
    const folder = await temporaryFolder();
    const [from, to] = [join(folder, 'run'), join(folder, 'copy')];
    await trainedRun(from);
    await copyForUse(from, to, { isWeight: (name) => !name.startsWith('adam/'), extra: { place: 'b' } });
    expect((await readdir(to, { recursive: true })).sort()).toEqual([
      'checkpoints',
      join('checkpoints', 'step-00000300.safetensors'),
      'metrics.jsonl',
      'run.json',
    ]);
    const { folder: _, ...before } = await openRun(from);
    expect(await openRun(to)).toEqual({ folder: to, ...before, extra: { place: 'b', size: 3 } });
    const { step, tensors, state } = await loadCheckpoint({ folder: to }, 'latest');
    expect({ step, state, names: Object.keys(tensors) }).toEqual({
      step: 300,
      state: { at: 300 },
      names: ['weight'],
    });
    expect(tensors.weight!.data[0]).toBe(300);
    expect(tensors.weight!.data[1]).toBeCloseTo(1 / 3, 3);
    expect(tensors.weight!.data[1]).not.toBe(Math.fround(1 / 3));
    expect((await readFile(join(to, 'checkpoints', 'step-00000300.safetensors'), 'latin1'))).toContain('"F16"'); // prettier-ignore
  });

  it('thins the curve out: all epochs, and evenly at most 200 steps with the last', async () => {
    const folder = await temporaryFolder();
    const [from, to] = [join(folder, 'run'), join(folder, 'copy')];
    await trainedRun(from);
    await copyForUse(from, to, { isWeight: () => true, extra: {} });
    const metrics = await readMetrics({ folder: to });
    expect(metrics.filter(({ type }) => type === 'epoch').map(({ step }) => step)).toEqual([150, 300]);
    const steps = metrics.filter(({ type }) => type === 'step').map(({ step }) => step);
    expect(steps.length).toBe(150);
    expect(steps.at(-1)).toBe(300);
    expect(new Set(steps.slice(1).map((step, index) => step - steps[index]!))).toEqual(new Set([2]));
  });
});

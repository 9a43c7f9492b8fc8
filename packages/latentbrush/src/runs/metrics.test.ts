import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { appendMetric, readMetrics, readThinnedMetrics, truncateMetricsAfter } from './metrics.ts';

async function runWithSteps(...steps: number[]): Promise<{ folder: string; file: string }> {
  const folder = await temporaryFolder();
  for (const step of steps) await appendMetric({ folder }, { step, loss: 1 / step });
  return { folder, file: join(folder, 'metrics.jsonl') };
}

describe('metrics', () => {
  it('are empty before anything was measured', async () => {
    expect(await readMetrics(await runWithSteps())).toEqual([]);
  });

  it('are read in the order they were added', async () => {
    const run = await runWithSteps(1, 2);
    await appendMetric(run, { step: 2, type: 'epoch', sample: 'zwei\nZeilen' });
    expect(await readMetrics(run)).toEqual([
      { step: 1, loss: 1 },
      { step: 2, loss: 0.5 },
      { step: 2, type: 'epoch', sample: 'zwei\nZeilen' },
    ]);
  });

  it('contain null for numbers that JSON cannot express', async () => {
    const run = await runWithSteps();
    await appendMetric(run, { step: 1, loss: NaN });
    expect(await readMetrics(run)).toEqual([{ step: 1, loss: null }]);
  });

  it('drop the incomplete line of a killed process, and continue after it', async () => {
    const run = await runWithSteps(1, 2);
    await appendFile(run.file, '{"step":3,"lo');
    expect((await readMetrics(run)).map(({ step }) => step)).toEqual([1, 2]);
    await appendMetric(run, { step: 3 });
    expect((await readMetrics(run)).map(({ step }) => step)).toEqual([1, 2, 3]);
  });

  it('name the line that is damaged', async () => {
    const run = await runWithSteps(1, 2, 3);
    const text = await readFile(run.file, 'utf8');
    await writeFile(run.file, text.replace('{"step":2', '"step":2'));
    await expect(readMetrics(run)).rejects.toThrow(InputError);
    await expect(readMetrics(run)).rejects.toThrow(/metrics\.jsonl, line 2: damaged/);
  });

  it('after a checkpoint are dropped, together with an incomplete line', async () => {
    const run = await runWithSteps(1, 2, 3, 4);
    await appendFile(run.file, '{"step":1');
    await truncateMetricsAfter(run, 2);
    expect(await readFile(run.file, 'utf8')).toBe('{"step":1,"loss":1}\n{"step":2,"loss":0.5}\n');
  });

  it('that do not exist need no truncation', async () => {
    const run = await runWithSteps();
    await truncateMetricsAfter(run, 2);
    expect(await readMetrics(run)).toEqual([]);
  });

  it('that are damaged at the end stop a run that continues, with the number of the line', async () => {
    const run = await runWithSteps(1, 2, 3);
    await writeFile(run.file, (await readFile(run.file, 'utf8')).replace('{"step":3', '"step":3'));
    await expect(truncateMetricsAfter(run, 2)).rejects.toThrow(/metrics\.jsonl, line 3: damaged/);
  });

  it('of a long run are thinned for charts: steps and epochs evenly, with the last of each', async () => {
    const run = await runWithSteps();
    const lines = Array.from({ length: 1000 }, (_, i) => [
      { step: i, type: 'step', loss: i },
      ...(i % 100 === 99 ? [{ step: i, type: 'epoch' }] : []),
    ]);
    await writeFile(run.file, lines.flat().map((line) => `${JSON.stringify(line)}\n`).join('')); // prettier-ignore
    const thinned = await readThinnedMetrics(run, 64);
    const steps = thinned.filter(({ type }) => type === 'step').map(({ step }) => step);
    expect(steps.length).toBeGreaterThan(32);
    expect(steps.length).toBeLessThanOrEqual(65);
    expect(steps.at(-1)).toBe(999);
    expect(new Set(steps.slice(1, -1).map((step, i) => step - steps[i]!))).toEqual(new Set([16]));
    expect(thinned.filter(({ type }) => type === 'epoch')).toHaveLength(10);
    expect(await readThinnedMetrics(run)).toEqual(await readMetrics(run));
  });
});

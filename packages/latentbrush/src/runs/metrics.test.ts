import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { appendMetric, readMetrics, truncateMetricsAfter } from './metrics.ts';

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
});

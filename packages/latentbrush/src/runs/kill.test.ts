import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { loadCheckpoint } from './checkpoint.ts';
import { lockRun } from './lock.ts';
import { readMetrics } from './metrics.ts';
import { openRun } from './run.ts';

// A separate process can only run compiled code.
const compiled = new URL('../../dist/runs/', import.meta.url);
const isBuilt = existsSync(fileURLToPath(new URL('checkpoint.js', compiled)));

/** Writes to its folder like a training, as fast as possible: every tensor of step n contains n. */
const WRITER = `
  const [compiled, folder] = process.argv.slice(1);
  const { createRun, openRun } = await import(compiled + 'run.js');
  const { lockRun } = await import(compiled + 'lock.js');
  const { saveCheckpoint, savedSteps, loadCheckpoint } = await import(compiled + 'checkpoint.js');
  const { appendMetric, truncateMetricsAfter } = await import(compiled + 'metrics.js');
  const run = await openRun(folder).catch(() => createRun(folder, { system: 'text', options: {}, seed: 1 }));
  await lockRun(run);
  let step = (await savedSteps(run)).length > 0 ? (await loadCheckpoint(run, 'latest')).step : 0;
  await truncateMetricsAfter(run, step);
  for (;;) {
    step += 1;
    const data = new Float32Array(50_000).fill(step);
    await appendMetric(run, { step, loss: 1 / step });
    await saveCheckpoint(run, step, { kernel: { dtype: 'float32', shape: [50_000], data } }, { step }, { best: step % 3 === 0 });
    console.log(step);
  }
`;

/** Starts the writer, lets it write one checkpoint and continue for a given time, and kills it without any chance to tidy up. */
async function writeAndKill(folder: string, milliseconds: number): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, compiled.href, folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('exit', (_, signal) => resolve(signal)),
  );
  await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
  await delay(milliseconds);
  child.kill('SIGKILL');
  expect(await ended, complaint).toBe('SIGKILL'); // it did not end by itself
}

describe('a run whose process is killed at any moment', () => {
  it.skipIf(!isBuilt)(
    'has whole checkpoints, loses no saved step, and continues (needs the build: npm run build)',
    async () => {
      const folder = join(await temporaryFolder(), 'run');
      let saved = 0;
      for (let round = 0; round < 12; round++) {
        await writeAndKill(folder, 20 + Math.random() * 150);
        const run = await openRun(folder);
        const latest = await loadCheckpoint(run, 'latest');
        expect(latest.step).toBeGreaterThan(saved);
        expect(latest.state).toEqual({ step: latest.step });
        expect([...new Set<unknown>(latest.tensors.kernel?.data)]).toEqual([latest.step]);
        const measured = (await readMetrics(run)).map(({ step }) => step);
        expect(measured.slice(0, latest.step)).toEqual(
          Array.from({ length: latest.step }, (_, index) => index + 1),
        );
        saved = latest.step;
      }
      expect((await loadCheckpoint({ folder }, 'best')).step % 3).toBe(0);
      await (await lockRun({ folder })).release();
      const left = [...(await readdir(folder)), ...(await readdir(join(folder, 'checkpoints')))];
      expect(left.filter((name) => name.endsWith('.tmp') || name.startsWith('run.lock'))).toEqual([]);
    },
    120_000,
  );
});

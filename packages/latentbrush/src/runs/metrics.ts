import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { errorCode, fileError } from '../files/file-error.ts';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { checkWritableRun, placeOfRun } from './pretrained-runs.ts';
import type { Run } from './run.ts';

const metricSchema = z.looseObject({ step: z.number() });

/** One line of `metrics.jsonl`: the step and its measurements. NaN and infinity become null. */
export interface Metric {
  readonly step: number;
  readonly [name: string]: unknown;
}

/**
 * Adds one line to the metrics of a run. If a killed process left an incomplete last line, that line is removed first.
 * @throws InputError when the disk is full or the file cannot be written
 * @example
 * const run = await runs.createRun('runs/measured', { system: 'mine', options: {}, seed: 1 });
 * await runs.appendMetric(run, { step: 100, loss: 0.5 });
 * console.log(await runs.readMetrics(run)); // [ { step: 100, loss: 0.5 } ]
 */
export async function appendMetric(run: Pick<Run, 'folder'>, metric: Metric): Promise<void> {
  checkWritableRun(run.folder);
  const path = metricsFile(run);
  try {
    const file = await open(path, 'a+');
    try {
      const { size } = await file.stat();
      const last = Buffer.alloc(1);
      if (size > 0) await file.read(last, 0, 1, size - 1);
      if (size > 0 && last.toString() !== '\n') await file.truncate(wholeLines(await readFile(path)).length);
      await file.appendFile(`${JSON.stringify(metric)}\n`);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, path, 'write');
  }
}

/**
 * All metrics of a run in the order in which they were written; empty when nothing was measured yet. An incomplete last line is
 * left out.
 * @throws InputError naming the line when one is damaged
 * @example
 * const run = await runs.openRun('runs/mine');
 * for (const { step, loss } of await runs.readMetrics(run)) console.log(step, loss);
 */
export async function readMetrics(run: Pick<Run, 'folder'>): Promise<Metric[]> {
  const path = metricsFile(run);
  const lines = wholeLines(await readIfThere(path))
    .toString('utf8')
    .split('\n')
    .slice(0, -1);
  return lines.map((line, index) => parseMetric(line, `${path}, line ${index + 1}`));
}

/**
 * Drops all metrics of later steps, because a run that continues from the checkpoint of `step` will measure them again.
 * @throws InputError when the file is damaged or cannot be written
 */
export async function truncateMetricsAfter(run: Pick<Run, 'folder'>, step: number): Promise<void> {
  const path = metricsFile(run);
  const metrics = await readMetrics(run);
  const text = (await readIfThere(path)).toString('utf8');
  const lines = text.split('\n');
  const kept = metrics
    .flatMap((metric, index) => (metric.step <= step ? [`${lines[index] ?? ''}\n`] : []))
    .join('');
  if (kept !== text) await writeFileAtomic(path, kept);
}

function metricsFile(run: Pick<Run, 'folder'>): string {
  return join(placeOfRun(run.folder), 'metrics.jsonl');
}

async function readIfThere(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw fileError(error, path, 'read');
  }
}

function wholeLines(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
}

function parseMetric(line: string, place: string): Metric {
  try {
    return metricSchema.parse(JSON.parse(line));
  } catch (error) {
    throw new InputError(`${place}: damaged (not a JSON object with a step); delete the line or the file`, {
      cause: error,
    });
  }
}

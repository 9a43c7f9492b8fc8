import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { fileError } from '../files/file-error.ts';
import { cutLines, readLines } from './json-lines.ts';
import { checkWritableRun, placeOfRun } from './pretrained-runs.ts';
import type { Run } from './run.ts';
import { Thinned } from './thinned.ts';

/** Lines of one kind that are kept of a long run: more than a chart shows, and not more memory than a short run. */
const MOST_LINES = 100_000;

/** Lines of steps name their type in their first bytes. */
const [TYPE_WITHIN, TYPE_OF_STEPS] = [48, '"type":"step"'];

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
      if (size > 0 && last.toString() !== '\n') await cutLines(path, () => true);
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
  const metrics: Metric[] = [];
  const path = metricsFile(run);
  await readLines(path, (line, number) => metrics.push(parseMetric(line.toString('utf8'), path, number)));
  return metrics;
}

/**
 * The metrics of a run for a chart: all of them, or of a long run an even choice of the steps and of the rest, always with the last ones. Memory and
 * time stay small for a million lines.
 * @param most lines of steps, and of other lines, that are kept
 * @throws InputError naming the line when one that is kept is damaged
 */
export async function readThinnedMetrics(run: Pick<Run, 'folder'>, most = MOST_LINES): Promise<Metric[]> {
  const path = metricsFile(run);
  const kinds = { steps: new Thinned<Numbered>(most), rest: new Thinned<Numbered>(most) };
  await readLines(path, (line, number) => {
    const isStep = line.toString('latin1', 0, TYPE_WITHIN).includes(TYPE_OF_STEPS);
    kinds[isStep ? 'steps' : 'rest'].add(() => ({
      number,
      metric: parseMetric(line.toString('utf8'), path, number),
    }));
  });
  return [...kinds.steps.items(), ...kinds.rest.items()]
    .sort((a, b) => a.number - b.number)
    .map(({ metric }) => metric);
}

/** A metric and the number of its line. */
interface Numbered {
  readonly number: number;
  readonly metric: Metric;
}

/**
 * Drops all metrics of later steps, because a run that continues from the checkpoint of `step` will measure them again. Only the end of the file
 * is read: lines are in the order of their steps.
 * @throws InputError when the end of the file is damaged, or it cannot be written
 */
export async function truncateMetricsAfter(run: Pick<Run, 'folder'>, step: number): Promise<void> {
  const path = metricsFile(run);
  try {
    await cutLines(path, (line) => parseMetric(line, path).step <= step);
  } catch (error) {
    if (!(error instanceof DamagedLine)) throw error;
    await readLines(path, (line, number) => void parseMetric(line.toString('utf8'), path, number)); // names the line
    throw error;
  }
}

function metricsFile(run: Pick<Run, 'folder'>): string {
  return join(placeOfRun(run.folder), 'metrics.jsonl');
}

/** A line that is no measurement. */
class DamagedLine extends InputError {}

function parseMetric(line: string, path: string, number?: number): Metric {
  const metric = parsedJson(line);
  if (typeof metric === 'object' && metric !== null && 'step' in metric && typeof metric.step === 'number')
    return metric as Metric;
  const place = number === undefined ? path : `${path}, line ${number}`;
  throw new DamagedLine(`${place}: damaged (not a JSON object with a step); delete the line or the file`);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

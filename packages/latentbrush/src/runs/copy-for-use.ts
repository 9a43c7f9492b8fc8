import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { encodeCheckpoint } from './checkpoint-file.ts';
import { hasBest, loadCheckpoint } from './checkpoint.ts';
import { readThinnedMetrics, type Metric } from './metrics.ts';
import { openRun, writeDescription } from './run.ts';

/** What is kept of a run. */
export interface KeptForUse {
  /** Whether a tensor of the checkpoint is a weight of the model, by its name. */
  readonly isWeight: (name: string) => boolean;
  /** Records that replace those of the run with the same name, such as the places of its data. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** Maximum number of lines of the metrics that are kept: enough for a curve. */
const MOST_LINES = 200;

/**
 * Copies the parts of a run that are needed to use its model: `run.json`, a thinned curve of the losses, and one checkpoint (the best, else
 * the newest) without the state of the training, as half floats. Nothing can continue the copy.
 * @param target a folder; it is created if it is missing
 * @throws InputError when the folder is not a run, or has no checkpoint
 */
export async function copyForUse(
  folder: string,
  target: string,
  { isWeight, extra }: KeptForUse,
): Promise<void> {
  const { folder: _, ...description } = await openRun(folder);
  const { step, tensors, state } = await loadCheckpoint(
    { folder },
    (await hasBest({ folder })) ? 'best' : 'latest',
  );
  const weights = Object.fromEntries(Object.entries(tensors).filter(([name]) => isWeight(name)));
  const metrics = (await readThinnedMetrics({ folder })).filter((metric) => metric.step <= step);
  await mkdir(join(target, 'checkpoints'), { recursive: true });
  await writeDescription(target, { ...description, extra: { ...description.extra, ...extra } });
  const lines = thinned(metrics).map((metric) => `${JSON.stringify(metric)}\n`);
  await writeFileAtomic(join(target, 'metrics.jsonl'), lines.join(''));
  const name = `step-${String(step).padStart(8, '0')}.safetensors`;
  await writeFileAtomic(
    join(target, 'checkpoints', name),
    encodeCheckpoint({ step, tensors: weights, state }, { halfFloats: true }),
  );
}

/** All epochs, and as many steps as there is room for: evenly spread, with the last one. */
function thinned(metrics: readonly Metric[]): Metric[] {
  const steps = metrics.filter(({ type }) => type === 'step').length;
  const every = Math.ceil(steps / MOST_LINES);
  let left = steps;
  return metrics.filter(({ type }) => type !== 'step' || --left % every === 0);
}

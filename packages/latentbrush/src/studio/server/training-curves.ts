import type { Metric } from '../../runs/index.ts';

/** A loss curve over the steps of a training. */
export interface TrainingCurve {
  /** Its name in the events of the training; `validation` for the validation loss. */
  readonly name: string;
  readonly points: readonly (readonly [step: number, loss: number])[];
}

/** Losses of steps to plot, if a training has them. */
const LOSSES = ['loss', 'discriminatorLoss', 'generatorLoss'] as const;

/** More points are not visible on a screen. */
const MOST_POINTS = 1000;

/** The losses of a run by step, from its metrics. Curves without a point are left out. */
export function trainingCurves(metrics: readonly Metric[]): TrainingCurve[] {
  const steps = metrics.filter(({ type }) => type === 'step');
  const curves = [
    ...LOSSES.map((name) => curveOf(name, steps, (metric) => metric[name])),
    curveOf(
      'validation',
      metrics,
      ({ validation }) => (validation as { loss?: unknown } | null | undefined)?.loss,
    ),
  ];
  return curves.filter(({ points }) => points.length > 0);
}

function curveOf(name: string, metrics: readonly Metric[], loss: (metric: Metric) => unknown): TrainingCurve {
  const points = metrics.flatMap((metric) => {
    const value = loss(metric);
    return typeof value === 'number' && Number.isFinite(value) ? [[metric.step, value] as const] : [];
  });
  const every = Math.ceil(points.length / MOST_POINTS);
  // the last one stays: it is the newest
  return { name, points: points.filter((_, index) => (points.length - 1 - index) % every === 0) };
}

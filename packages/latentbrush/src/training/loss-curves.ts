import type { Metric } from '../runs/metrics.ts';

/** A loss curve: positions and values. */
export type LossCurve = readonly (readonly [position: number, loss: number])[];

/** The losses of a run, for one chart. */
export interface LossCurves {
  readonly curves: readonly LossCurve[];
  /** Caption of the curves. */
  readonly caption: string;
}

/**
 * A loss curve from the metrics of a run. Lines without the loss, or without a position, are left out. @param position reads the position
 * of a line @param loss reads the loss of a line
 */
export function lossCurve(
  metrics: readonly Metric[],
  position: 'step' | 'epoch',
  loss: (metric: Metric) => unknown,
): LossCurve {
  return metrics.flatMap((metric) => {
    const [x, y] = [metric[position], loss(metric)];
    return typeof x === 'number' && typeof y === 'number' ? [[x, y] as const] : [];
  });
}

/** The lines of the metrics for steps, or for epochs. */
export function metricsOf(metrics: readonly Metric[], type: 'step' | 'epoch'): Metric[] {
  return metrics.filter((metric) => metric.type === type);
}

/**
 * The loss of a run by epoch, or by step while there are fewer than two epochs.
 * @param unit of the loss, for the caption
 */
export function trainingLoss(metrics: readonly Metric[], unit?: string): LossCurves {
  const position = metricsOf(metrics, 'epoch').length < 2 ? 'step' : 'epoch';
  const curve = lossCurve(metricsOf(metrics, position), position, ({ loss }) => loss);
  return { curves: [curve], caption: `loss by ${position}${unit === undefined ? '' : `, ${unit}`}` };
}

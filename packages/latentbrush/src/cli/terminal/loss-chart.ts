import { plot } from 'simple-ascii-chart';
import type { Metric } from '../../runs/metrics.ts';
import { systemNamed } from '../../systems.ts';
import { trainingLoss, type LossCurve } from '../../training/index.ts';

const CHART = { width: 64, height: 10 };

/**
 * The loss of a run as a chart of characters with a caption; empty when there are fewer than two
 * measurements.
 * @param system system of the run
 * @param metrics of the run, in order
 */
export function lossChart(system: string, metrics: readonly Metric[]): string {
  const { curves, caption } = systemNamed(system)?.losses(metrics) ?? trainingLoss(metrics);
  const drawn = curves.filter((curve) => curve.length > 1).map(averaged);
  if (drawn.length === 0) return '';
  return `\n${plot(drawn, CHART)}\n${caption}\n`;
}

// Averages neighbours, so that each column has at most one point.
function averaged(points: LossCurve): [position: number, loss: number][] {
  const length = Math.ceil(points.length / CHART.width);
  const groups = Array.from({ length: Math.ceil(points.length / length) }, (_, i) =>
    points.slice(i * length, (i + 1) * length),
  );
  return groups.map((group) => [
    group.at(-1)![0],
    group.reduce((sum, [, loss]) => sum + loss, 0) / group.length,
  ]);
}

import { plot } from 'simple-ascii-chart';
import type { Metric } from '../runs/metrics.ts';

const CHART = { width: 64, height: 10 };

/** A loss as it went: where it was measured, and what it was. */
type Course = [position: number, loss: number][];

/** What is drawn of a run. */
interface Shown {
  readonly courses: readonly Course[];
  /** What the courses are, and what of. */
  readonly caption: string;
}

/**
 * How the loss of a run went, as a chart of characters with a line that says what it is; nothing when it was measured less than twice.
 * @param system of the run
 * @param metrics of the run, in their order
 */
export function lossChart(system: string, metrics: readonly Metric[]): string {
  const { courses, caption } = shownOf(system, metrics);
  const drawn = courses.filter((course) => course.length > 1).map(averaged);
  if (drawn.length === 0) return '';
  return `\n${plot(drawn, CHART)}\n${caption}\n`;
}

function shownOf(system: string, metrics: readonly Metric[]): Shown {
  const steps = metrics.filter(({ type }) => type === 'step');
  const epochs = metrics.filter(({ type }) => type === 'epoch');
  if (system === 'gan') {
    return {
      courses: [
        course(steps, 'step', ({ discriminatorLoss }) => discriminatorLoss),
        course(steps, 'step', ({ generatorLoss }) => generatorLoss),
      ],
      caption: 'losses of discriminator and generator, by iteration',
    };
  }
  const unit = system === 'text' ? ', nats per token' : '';
  if (epochs.length < 2)
    return { courses: [course(steps, 'step', ({ loss }) => loss)], caption: `loss by step${unit}` };
  if (system === 'vae' && epochs.every(({ validation }) => heldOut(validation) !== undefined)) {
    return {
      courses: [course(epochs, 'epoch', ({ validation }) => heldOut(validation))],
      caption: 'loss of the pictures held out, by epoch',
    };
  }
  return { courses: [course(epochs, 'epoch', ({ loss }) => loss)], caption: `loss by epoch${unit}` };
}

function course(
  metrics: readonly Metric[],
  position: 'step' | 'epoch',
  loss: (metric: Metric) => unknown,
): Course {
  return metrics.flatMap((metric) => {
    const [x, y] = [metric[position], loss(metric)];
    return typeof x === 'number' && typeof y === 'number' ? [[x, y]] : [];
  });
}

function heldOut(validation: unknown): number | undefined {
  const { loss } = (validation ?? {}) as { loss?: unknown };
  return typeof loss === 'number' ? loss : undefined;
}

// Means of neighbours, so that there is no more than one point in a column.
function averaged(points: Course): Course {
  const length = Math.ceil(points.length / CHART.width);
  const groups = Array.from({ length: Math.ceil(points.length / length) }, (_, i) =>
    points.slice(i * length, (i + 1) * length),
  );
  return groups.map((group) => [
    group.at(-1)![0],
    group.reduce((sum, [, loss]) => sum + loss, 0) / group.length,
  ]);
}

import type { Backbone } from '../../pretrained/index.ts';
import type { JobReport } from '../report.ts';

/** Says that a network was exported for one size, and what becomes of other pictures. @param squares undefined when it computes at any size */
export async function reportSquares(
  squares: readonly [height: number, width: number] | undefined,
  { name }: Backbone,
  report: JobReport,
): Promise<void> {
  if (squares === undefined) return;
  const [height, width] = squares;
  await report.note(
    `${name} was exported for pictures of ${width}x${height} and does not compute other sizes: it dreams in squares of that size, shifted from step to step`,
  );
}

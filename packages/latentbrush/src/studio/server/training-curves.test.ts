import { expect, it } from 'vitest';
import { trainingCurves } from './training-curves.ts';

it('has training and validation losses', () => {
  const curves = trainingCurves([
    { type: 'step', step: 10, loss: 3 },
    { type: 'step', step: 20, loss: null }, // it was not finite
    { type: 'epoch', step: 20, loss: 9, validation: { loss: 2.5 } },
    { type: 'epoch', step: 40, loss: 9, validation: null },
    { type: 'step', step: 30, loss: 2 },
  ]);
  expect(curves).toEqual([
    { name: 'loss', points: [[10, 3], [30, 2]] }, // prettier-ignore
    { name: 'validation', points: [[20, 2.5]] },
  ]);
});

it('thins long curves, and keeps the newest point', () => {
  const metrics = Array.from({ length: 4999 }, (_, step) => ({ type: 'step', step, generatorLoss: 1 }));
  const [curve] = trainingCurves(metrics);
  expect(curve!.points).toHaveLength(1000);
  expect(curve!.points.at(-1)).toEqual([4998, 1]);
});

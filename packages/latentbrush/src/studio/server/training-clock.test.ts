import { expect, it } from 'vitest';
import type { NumberedEvent } from '../queue/job-queue.ts';
import { continued } from './training-clock.ts';

/** Events at these steps and milliseconds. */
const at = (...points: (readonly [step: number, time: number])[]): NumberedEvent[] => [
  { type: 'state', state: 'running', number: 1, time: 0 },
  ...points.map(([step, time], index) => ({
    type: 'metric' as const,
    data: { type: index === 0 ? 'start' : 'checkpoint', step },
    number: index + 2,
    time,
  })),
];

it('a clock has the seconds since the start of the training', () => {
  expect(continued([], at([0, 5000], [10, 6000], [10, 6500], [20, 8000]))).toEqual([
    [0, 0],
    [10, 1],
    [20, 3],
  ]);
  expect(continued([], at())).toEqual([]);
});

it('continues without the pause, and repeats the steps that were lost', () => {
  const first = continued([], at([0, 5000], [10, 6000], [20, 8000]));
  expect(continued(first, at([10, 100_000], [20, 103_000]))).toEqual([
    [0, 0],
    [10, 1],
    [20, 4],
  ]);
});

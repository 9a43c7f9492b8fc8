import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { JobQueue, NumberedEvent, QueuedJob } from '../queue/job-queue.ts';
import { continued, trainingClock } from './training-clock.ts';

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

/** A queue with one training of a run, which has these events. */
function queueWith(run: string, events: readonly NumberedEvent[]): JobQueue {
  const job = { id: 'a', job: 'vae.train', run } as QueuedJob;
  return { list: () => [job], events: () => Promise.resolve(events) } as unknown as JobQueue;
}

it('is the recorded times of a run, wherever it was trained; without those from its start, that of its jobs', async () => {
  const folder = await temporaryFolder();
  const none = queueWith('/other', at([0, 0], [9, 9000]));
  const own = queueWith(folder, at([0, 0], [9, 9000]));
  expect(await trainingClock(none, folder)).toEqual([]);
  expect(await trainingClock(own, folder)).toEqual([[0, 0], [9, 9]]); // prettier-ignore
  const record = (...times: (readonly [number, number])[]): Promise<void> =>
    writeFile(
      join(folder, 'times.jsonl'),
      times.map(([step, seconds]) => `${JSON.stringify({ step, seconds })}\n`).join(''),
    );
  await record([5, 0], [9, 3]);
  expect(await trainingClock(none, folder)).toEqual([[5, 0], [9, 3]]); // prettier-ignore
  expect(await trainingClock(own, folder)).toEqual([[0, 0], [9, 9]]); // prettier-ignore
  await record([0, 0], [9, 4]);
  expect(await trainingClock(own, folder)).toEqual([[0, 0], [9, 4]]); // prettier-ignore
});

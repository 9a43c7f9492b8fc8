import { readTimes } from '../../runs/times.ts';
import type { JobQueue, NumberedEvent } from '../queue/job-queue.ts';

/** Seconds of training by step, without the pauses between trainings of a run; steps ascend. */
export type TrainingClock = readonly (readonly [step: number, seconds: number])[];

/** Recorded times that are read of a long run. */
const MOST_READ = 100_000;

/** More points are not visible on a screen. */
const MOST_POINTS = 1000;

/**
 * How long a run has trained by step: its recorded times. A run that was begun by an earlier version has none, or only later ones; then they come
 * from the events of its jobs. Empty without those, too.
 * @param folder of the run
 */
export async function trainingClock(queue: JobQueue, folder: string): Promise<TrainingClock> {
  const recorded = (await readTimes({ folder }, MOST_READ)).map(
    ({ step, seconds }) => [step, seconds] as const,
  );
  const isWhole = recorded[0]?.[0] === 0;
  const clock = isWhole ? recorded : await clockOfJobs(queue, folder);
  return thinned(clock.length === 0 ? recorded : clock);
}

function thinned(clock: TrainingClock): TrainingClock {
  const every = Math.ceil(clock.length / MOST_POINTS);
  return clock.filter((_, index) => (clock.length - 1 - index) % every === 0);
}

async function clockOfJobs(queue: JobQueue, folder: string): Promise<TrainingClock> {
  const jobs = queue.list().filter(({ job, run }) => run === folder && /\.(?:train|resume)$/.test(job));
  let clock: TrainingClock = [];
  for (const { id } of jobs.toReversed()) clock = continued(clock, await queue.events(id));
  return clock;
}

/** The clock after one more training of the run, which repeats the steps since the checkpoint that it began with. */
export function continued(clock: TrainingClock, events: readonly NumberedEvent[]): TrainingClock {
  const timed = events.flatMap((event) => {
    const step = 'data' in event ? event.data?.step : undefined;
    return typeof step === 'number' ? [[step, event.time] as const] : [];
  });
  const [first] = timed; // the first event with a step is the start
  if (first === undefined) return clock;
  const before = clock.filter(([step]) => step <= first[0]);
  const offset = before.at(-1)?.[1] ?? 0;
  const after = timed
    .filter(([step], index) => step > (timed[index - 1]?.[0] ?? -1))
    .map(([step, time]) => [step, offset + (time - first[1]) / 1000] as const);
  return [...before.filter(([step]) => step < first[0]), ...after];
}

import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { fileError } from '../files/file-error.ts';
import { cutLines, readLines } from './json-lines.ts';
import { placeOfRun } from './pretrained-runs.ts';
import type { Run } from './run.ts';
import { Thinned } from './thinned.ts';

/** How long a run had trained after a step, in seconds, without the pauses between its trainings. */
export interface TimeOfStep {
  readonly step: number;
  readonly seconds: number;
}

/** Least time between two recorded steps, in seconds: no chart shows smaller differences. */
const CLOSEST = 0.25;

/**
 * The file `times.jsonl` of a run. Times differ from one training to the next, so they are not among the metrics, whose file is the same for the
 * same options and seed.
 */
export class TrainingTimes {
  readonly #run: Pick<Run, 'folder'>;
  #last: TimeOfStep | undefined;
  /** When the time was 0, in milliseconds of `performance.now()`. */
  #zero = 0;

  constructor(run: Pick<Run, 'folder'>) {
    this.#run = run;
  }

  /** Starts, or continues from the recorded times. Those of later steps are dropped: they will be trained again. */
  async begin(step: number): Promise<void> {
    await cutLines(fileOf(this.#run), (line) => (timeIn(line)?.step ?? Infinity) <= step);
    this.#last = (await readTimes(this.#run, 2)).at(-1);
    if (this.#last === undefined) {
      this.#last = { step, seconds: 0 };
      await writeFileAtomic(fileOf(this.#run), lineOf(this.#last));
    }
    this.#zero = performance.now() - 1000 * this.#last.seconds;
  }

  /** Records that a step is done. @param isLast records it even if the last record is only a moment old */
  async reached(step: number, isLast = false): Promise<void> {
    const seconds = Math.round(performance.now() - this.#zero) / 1000;
    const { step: before, seconds: then } = this.#last ?? { step: -1, seconds: -Infinity };
    if (step > before && (isLast || seconds - then >= CLOSEST)) await this.#append({ step, seconds });
  }

  async #append(time: TimeOfStep): Promise<void> {
    const file = fileOf(this.#run);
    try {
      await appendFile(file, lineOf(time));
    } catch (error) {
      throw fileError(error, file, 'write');
    }
    this.#last = time;
  }
}

/**
 * The times of a run, in the order of its steps; none if it was trained before they were recorded. Damaged lines are left out: nothing that is
 * trained depends on them.
 * @param most of more, an even choice is taken, with the last one (default: all)
 * @throws InputError when the file cannot be read
 */
export async function readTimes(run: Pick<Run, 'folder'>, most = Infinity): Promise<readonly TimeOfStep[]> {
  const times = new Thinned<TimeOfStep>(most);
  let last: TimeOfStep | undefined;
  await readLines(fileOf(run), (line) => {
    const time = timeIn(line.toString('utf8'));
    if (
      time === undefined ||
      (last !== undefined && !(time.step > last.step && time.seconds >= last.seconds))
    )
      return;
    last = time;
    times.add(() => time);
  });
  return times.items();
}

function timeIn(line: string): TimeOfStep | undefined {
  try {
    const found = JSON.parse(line) as Partial<Record<keyof TimeOfStep, unknown>> | null;
    const { step, seconds } = found ?? {};
    const isTime =
      Number.isInteger(step) &&
      Number(step) >= 0 &&
      typeof seconds === 'number' &&
      Number.isFinite(seconds) &&
      seconds >= 0;
    return isTime ? { step: Number(step), seconds } : undefined;
  } catch {
    return undefined;
  }
}

function lineOf({ step, seconds }: TimeOfStep): string {
  return `${JSON.stringify({ step, seconds })}\n`;
}

function fileOf(run: Pick<Run, 'folder'>): string {
  return join(placeOfRun(run.folder), 'times.jsonl');
}

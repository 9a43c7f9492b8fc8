import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { errorCode, fileError } from '../files/file-error.ts';
import { placeOfRun } from './pretrained-runs.ts';
import type { Run } from './run.ts';

/** How long a run had trained after a step, in seconds, without the pauses between its trainings. */
export interface TimeOfStep {
  readonly step: number;
  readonly seconds: number;
}

const timeSchema = z.object({ step: z.int().min(0), seconds: z.number().min(0) });

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
    const known = (await readTimes(this.#run)).filter((time) => time.step <= step);
    const kept = known.length === 0 ? [{ step, seconds: 0 }] : known;
    await writeFileAtomic(fileOf(this.#run), kept.map(lineOf).join('')); // without the incomplete line of a killed process
    this.#last = kept.at(-1);
    this.#zero = performance.now() - 1000 * (this.#last?.seconds ?? 0);
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
 * @throws InputError when the file cannot be read
 */
export async function readTimes(run: Pick<Run, 'folder'>): Promise<TimeOfStep[]> {
  const file = fileOf(run);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw fileError(error, file, 'read');
  }
  const times: TimeOfStep[] = [];
  for (const line of text.split('\n')) {
    const time = timeIn(line);
    const last = times.at(-1);
    if (time !== undefined && (last === undefined || (time.step > last.step && time.seconds >= last.seconds)))
      times.push(time);
  }
  return times;
}

function timeIn(line: string): TimeOfStep | undefined {
  try {
    return timeSchema.parse(JSON.parse(line));
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

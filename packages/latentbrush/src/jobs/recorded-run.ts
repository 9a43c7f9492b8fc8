import { nameOfRun } from '../runs/pretrained-runs.ts';
import { openRun } from '../runs/run.ts';

/** The part of a recipe about the run of its result. */
export interface RecordedRun {
  /** Name of its folder; of a run of the package `pretrained:` and its name. */
  readonly run: string;
  /** Its id; runs of version 0.1.0 have none. */
  readonly runId: string | undefined;
}

/**
 * The part of a recipe about a run.
 * @throws InputError when the folder is not a run
 */
export async function recordedRun(folder: string): Promise<RecordedRun> {
  const { id } = await openRun(folder);
  return { run: nameOfRun(folder), runId: id };
}

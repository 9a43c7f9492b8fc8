import { basename, resolve } from 'node:path';
import { openRun } from '../runs/run.ts';

/** What a recipe says about the run that its result was made from. */
export interface RecordedRun {
  /** Name of its folder. */
  readonly run: string;
  /** Its id; runs of version 0.1.0 have none. */
  readonly runId: string | undefined;
}

/**
 * What a recipe says about a run.
 * @throws InputError when the folder is not a run
 */
export async function recordedRun(folder: string): Promise<RecordedRun> {
  const { id } = await openRun(folder);
  return { run: basename(resolve(folder)), runId: id };
}

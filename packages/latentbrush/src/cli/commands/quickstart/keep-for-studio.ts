import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { jobNamed, type JobInputs, type JobName } from '../../../jobs/public.ts';
import { storeDoneJob } from '../../../studio/index.ts';

/** The request of a part of the quickstart. */
export interface Asked {
  readonly inputs: JobInputs;
  readonly options: Readonly<Record<string, unknown>>;
  readonly output: string;
}

/** Adds the result of a part of the quickstart to the gallery of the studio. If the part was stopped, there may be nothing. */
export async function keepForStudio(
  folder: string,
  job: JobName,
  { inputs, options, output }: Asked,
): Promise<void> {
  if (!existsSync(output)) return;
  (await jobNamed(job)).check({ inputs, options });
  const absolute = Object.entries(inputs).map(([name, value]) => [name, absolutePath(value)]);
  await storeDoneJob(folder, { job, inputs: Object.fromEntries(absolute) as JobInputs, options }, output);
}

function absolutePath(value: JobInputs[string]): JobInputs[string] {
  if (typeof value === 'string') return resolve(value);
  return value?.map((path) => resolve(path));
}

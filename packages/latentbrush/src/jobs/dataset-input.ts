import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { listPictures, READING_RULES, type ReadingRules } from '../data/index.ts';
import { recordedRules } from '../runs/dataset-record.ts';
import type { FolderInput } from './recipe-inputs.ts';

/** A data set as the input of a job. */
export const datasetInput = z
  .array(z.string())
  .min(1)
  .max(2)
  .optional()
  .describe('a data set: a folder, a file, or a name; or a file of pictures and a file of labels');

/** Names of known data sets in place of files: they contain no path. */
const datasetName = z.string().regex(/^[a-z][a-z0-9-]*(?::[^/\\]*)?$/i);

/** The records of a recipe about data sets besides their files. */
export const datasetOptions = {
  named: z
    .strictObject({
      dataset: datasetName.optional(),
      from: datasetName.optional(),
      to: datasetName.optional(),
    })
    .default({})
    .meta({ hidden: true })
    .describe('names of data sets that are not files'),
  rules: recordedRules.default(READING_RULES).meta({ hidden: true }).describe('rules for listing folders'),
};

/** The data sets of a job. */
export type DatasetInputs = Readonly<
  Partial<Record<'dataset' | 'from' | 'to', readonly string[] | undefined>>
>;

/** The data sets in a recipe: their files by role, and the names of those that are not files. */
export interface RecordedDatasets {
  readonly files: Record<string, readonly (string | FolderInput)[]>;
  readonly named: Record<string, string>;
}

/** The source of a data set for loading; undefined when not given. */
export function sourceOf(given: readonly string[] | undefined, name?: string): string | undefined {
  return given?.join(',') ?? name;
}

/** The data sets of a job, for a recipe. */
export async function recordDatasets(
  inputs: DatasetInputs,
  named: Readonly<Partial<Record<string, string>>>,
  rules: ReadingRules,
): Promise<RecordedDatasets> {
  const recorded: RecordedDatasets = {
    files: {},
    named: Object.fromEntries(Object.entries(named).flatMap(([role, name]) => (name ? [[role, name]] : []))),
  };
  for (const role of ['dataset', 'from', 'to'] as const) {
    const source = sourceOf(inputs[role]);
    if (source === undefined) continue;
    const files = await filesOf(source, rules);
    if (files === undefined) recorded.named[role] = source;
    else recorded.files[role] = files;
  }
  return recorded;
}

// An existing path takes precedence over a name, as when data sets are loaded.
async function filesOf(source: string, rules: ReadingRules): Promise<(string | FolderInput)[] | undefined> {
  const found = await stat(source).catch(() => undefined);
  if (found?.isDirectory() === true) return [{ folder: source, files: await filesOfDataset(source, rules) }];
  if (found !== undefined) return [source];
  const parts = source.split(',');
  const there = await Promise.all(parts.map((part) => stat(part).catch(() => undefined)));
  return there.every((part) => part?.isFile() === true) ? parts : undefined;
}

/**
 * The files in the folder of a data set: its pictures, or if there are none, all its files, such as IDX
 * files.
 */
export async function filesOfDataset(folder: string, rules: ReadingRules): Promise<string[]> {
  const pictures = await listPictures(folder, { rules }).catch(() => []);
  if (pictures.length > 0) return pictures;
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return names.sort().map((name) => join(folder, name));
}

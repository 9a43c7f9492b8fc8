import { locateKnownDataset, type DatasetEntry } from '../../../data/index.ts';
import type { SourceFlags } from '../../options/source-flags.ts';
import { megabytes } from '../../terminal/megabytes.ts';

/** Whether a data set is on this machine. */
export interface DatasetState {
  readonly state: 'embedded' | 'here' | 'missing';
  /** The folder with its files, when they are here. */
  readonly path?: string;
  /** The part that is missing there, if any. */
  readonly lacks?: 'train' | 'test';
}

/** Looks for a data set without network access. */
export async function datasetState(entry: DatasetEntry, { dataDir }: SourceFlags): Promise<DatasetState> {
  const { state, folder, lacks } = await locateKnownDataset(entry, dataDir === undefined ? {} : { dataDir });
  if (state === 'missing') return { state };
  return { state: 'here', path: folder, ...(lacks !== undefined && { lacks }) };
}

/** The state in a few words. */
export function describeDatasetState({ files }: DatasetEntry, { state, path, lacks }: DatasetState): string {
  if (state === 'missing') return `a download of ${megabytes(downloadSize(files))}`;
  if (path === undefined) return 'comes with this package';
  return lacks === undefined
    ? path
    : `${path} (without the ${lacks === 'train' ? 'training' : 'test'} files)`;
}

/** Bytes of all files. */
export function downloadSize(files: DatasetEntry['files']): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

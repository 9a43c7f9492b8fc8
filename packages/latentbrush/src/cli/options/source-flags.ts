import type { Command } from 'commander';
import type { DownloadProgress, ImageDatasetOptions } from '../../data/index.ts';
import type { LocateOptions } from '../../pretrained/weights/locate.ts';
import type { Output } from '../terminal/output.ts';

/** Flags that say where to look for data or weights before downloading, as given. */
export interface SourceFlags {
  readonly dataDir?: string;
  readonly offline?: boolean;
}

/** Adds the flags of commands that load pictures. */
export const datasetFlags = sourceFlags('data sets by name');

/** Adds the flags of commands that read a corpus. */
export const corpusFlags = sourceFlags('corpora by name');

/** Adds the flags of commands that look for pretrained weights. */
export const weightsFlags = sourceFlags('weights by file name');

/** @param what the thing to find, and its key */
function sourceFlags(what: string): (command: Command) => void {
  const help = `look here for ${what} before downloading (also LATENTBRUSH_DATA_DIR)`;
  return (command) => {
    command.option('--data-dir <folder>', help).option('--offline', 'never download');
  };
}

/** Where to look for a data set, from the flags; loading reports its progress. */
export function datasetSource(
  flags: SourceFlags,
  output: Output,
): Pick<ImageDatasetOptions, 'dataDir' | 'offline' | 'onProgress'> {
  return {
    ...placesOf(flags),
    onProgress: ({ done, total, unit }) => output.progress(done, total ?? done, unit),
  };
}

/** Where to look for weights, from the flags; the download reports its progress. */
export function weightsSource(
  flags: SourceFlags,
  output: Output,
): Pick<LocateOptions, 'dataDir' | 'offline' | 'onProgress'> {
  return {
    ...placesOf(flags),
    onProgress: ({ received, total }: DownloadProgress) =>
      output.progress(received, total ?? received, 'bytes of weights'),
  };
}

function placesOf({ dataDir, offline }: SourceFlags): SourceFlags {
  return { ...(dataDir !== undefined && { dataDir }), ...(offline === true && { offline }) };
}

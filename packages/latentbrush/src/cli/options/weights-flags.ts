import type { Command } from 'commander';
import type { DownloadProgress } from '../../data/index.ts';
import type { LocateOptions } from '../../pretrained/weights/locate.ts';
import type { Output } from '../terminal/output.ts';

/** Flags of commands that look for pretrained weights, as given. */
export interface WeightsFlags {
  readonly dataDir?: string;
  readonly offline?: boolean;
}

/** Adds the flags of commands that look for pretrained weights. */
export function weightsFlags(command: Command): void {
  command
    .option(
      '--data-dir <folder>',
      'look here for weights by file name before downloading (also LATENTBRUSH_DATA_DIR)',
    )
    .option('--offline', 'never download');
}

/** Where to look for weights, from the flags; the download reports its progress. */
export function weightsSource(
  { dataDir, offline }: WeightsFlags,
  output: Output,
): Pick<LocateOptions, 'dataDir' | 'offline' | 'onProgress'> {
  return {
    ...(dataDir !== undefined && { dataDir }),
    ...(offline === true && { offline }),
    onProgress: ({ received, total }: DownloadProgress) =>
      output.progress(received, total ?? received, 'bytes of weights'),
  };
}

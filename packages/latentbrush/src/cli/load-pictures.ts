import { loadImageDataset, type ImageDatasets } from '../data/index.ts';
import { datasetSource, noteDataset, type DatasetFlags } from './dataset-flags.ts';
import type { Output } from './output.ts';

/**
 * Loads pictures as a training takes them: squares of a size, with progress and notes.
 * @param source as `loadImageDataset` knows it
 */
export async function loadPictures(
  source: string,
  options: {
    readonly size: number | undefined;
    readonly sizeOtherwise?: number | undefined;
    readonly channels: 1 | 3 | undefined;
    readonly signal?: AbortSignal | undefined;
  },
  flags: DatasetFlags,
  output: Output,
): Promise<ImageDatasets> {
  const { size, sizeOtherwise, channels, signal } = options;
  const loaded = await loadImageDataset(source, {
    ...datasetSource(flags, output),
    ...(size !== undefined && { size }),
    ...(sizeOtherwise !== undefined && { sizeOtherwise }),
    ...(channels !== undefined && { channels }),
    ...(signal !== undefined && { signal }),
  });
  output.clearProgress();
  noteDataset(loaded, output);
  return loaded;
}

import { loadImageDataset, type ImageDatasets, type ReadingRules } from '../data/index.ts';
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
    /** How a folder is read: as that of the run was. Default: the newest rules. */
    readonly rules?: ReadingRules | undefined;
    readonly signal?: AbortSignal | undefined;
  },
  flags: DatasetFlags,
  output: Output,
): Promise<ImageDatasets> {
  const { size, sizeOtherwise, channels, rules, signal } = options;
  const loaded = await loadImageDataset(source, {
    ...datasetSource(flags, output),
    ...(size !== undefined && { size }),
    ...(sizeOtherwise !== undefined && { sizeOtherwise }),
    ...(channels !== undefined && { channels }),
    rules,
    ...(signal !== undefined && { signal }),
  });
  output.clearProgress();
  noteDataset(loaded, output);
  const { channels: own, rules: ofFolder } = loaded.train;
  if (channels === undefined && ofFolder !== undefined && own === 1)
    output.note('all pictures are grey: they have one channel; --channels 3 trains in colour');
  return loaded;
}

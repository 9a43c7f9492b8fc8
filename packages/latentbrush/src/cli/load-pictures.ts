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
    readonly channels: 1 | 3 | undefined;
    readonly signal?: AbortSignal | undefined;
  },
  flags: DatasetFlags,
  output: Output,
): Promise<ImageDatasets> {
  const { size, channels, signal } = options;
  const loaded = await loadImageDataset(source, {
    ...datasetSource(flags, output),
    ...(size !== undefined && { size }),
    ...(channels !== undefined && { channels }),
    ...(signal !== undefined && { signal }),
  });
  output.clearProgress();
  noteDataset(loaded, output);
  return loaded;
}

/** Data sets by name that bring their own size. */
const SIZED = /^(?:mnist|fashion-mnist|cifar10)\b/;

/**
 * The size to load a data set at when nobody chose one: its own (undefined) where it has one, as MNIST has, or else the given one, for
 * folders of pictures and for drawings.
 */
export function ownSize(source: string, otherwise: number): number | undefined {
  return SIZED.test(source) || /\.(?:bin|gz|idx\d?)$|ubyte|,/i.test(source) ? undefined : otherwise;
}

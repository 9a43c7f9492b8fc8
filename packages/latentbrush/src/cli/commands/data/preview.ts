import { Random } from '@latentbrush/engine';
import { Command } from 'commander';
import { z } from 'zod';
import { loadImageDataset, pictureAt, type ImageDataset } from '../../../data/index.ts';
import { formatOfPath, montage, writePicture } from '../../../image/index.ts';
import { datasetFlags, datasetSource, type SourceFlags } from '../../options/source-flags.ts';
import { DATASET_HELP, noteDataset } from './dataset-notes.ts';
import { abortOnInterrupt, endInterrupted } from '../../terminal/interrupt.ts';
import { Output, type OutputOptions } from '../../terminal/output.ts';
import { targetOption } from '../../options/overwriting.ts';
import { addSchemaOptions, readSchemaOptions } from '../../options/schema-options.ts';
import { outputOptions } from '../../options/shared-options.ts';
import { counted } from '../../../counted.ts';

const previewOptions = z.strictObject({
  count: z.int().min(1).max(1024).default(64).describe('number of pictures, drawn at random'),
  size: z
    .int()
    .min(8)
    .max(1024)
    .optional()
    .describe("height and width in pixels (default: the data set's own, or 64)"),
  seed: z.int().min(0).default(0).describe('seed of the draw'),
});

/** Tiles are enlarged to at least this many pixels, so that a label fits below. */
const SMALLEST_TILE = 96;

interface Given extends OutputOptions, SourceFlags, Record<string, unknown> {
  readonly output: string;
}

/** `latentbrush data preview`. */
export function dataPreviewCommand(): Command {
  const command = new Command('preview')
    .description('Write a sheet with some pictures of a data set and their names.')
    .argument('<dataset>', DATASET_HELP);
  targetOption(
    command,
    '-o, --output <file>',
    'the picture to write (.png, .jpg, .webp, .avif, .tiff)',
    'sheet.png',
  );
  addSchemaOptions(command, previewOptions);
  datasetFlags(command);
  outputOptions(command);
  return command.action(async (dataset: string, given: Given) => {
    const output = new Output(given);
    const { count, size, seed } = readSchemaOptions(previewOptions, given);
    const { output: path } = given;
    formatOfPath(path);
    const signal = abortOnInterrupt();
    try {
      const random = new Random(seed).fork('preview');
      const limits = { limit: count, random, signal, ...(size !== undefined && { size }) };
      const loaded = await loadImageDataset(dataset, { ...datasetSource(given, output), ...limits });
      noteDataset(loaded, output);
      const sheet = sheetOf(loaded.train);
      await writePicture(path, sheet);
      const { name } = loaded.train;
      const facts = { pictures: loaded.train.count, width: sheet.width, height: sheet.height };
      output.event({ type: 'preview', path, dataset: name, ...facts });
      output.text(`${path}: ${counted(loaded.train.count, 'picture')} of ${name}\n`);
    } catch (error) {
      output.clearProgress();
      if (!signal.aborted) throw error;
      output.event({ type: 'interrupted' });
      output.important('interrupted; nothing was written');
      endInterrupted();
    }
  });
}

function sheetOf(dataset: ImageDataset): ReturnType<typeof montage> {
  const { count, width, captions, labels, name } = dataset;
  const names = name.startsWith('emoji') ? captions : (labels ?? captions);
  return montage(
    Array.from({ length: count }, (_, index) => pictureAt(dataset, index)),
    { scale: Math.ceil(SMALLEST_TILE / width), ...(names !== undefined && { labels: names }) },
  );
}

import { Random } from '@latentbrush/engine';
import { z } from 'zod';
import { counted } from '../../counted.ts';
import { loadImageDataset, pictureAt, type ImageDataset } from '../../data/index.ts';
import { montage, writePicture, type Picture } from '../../image/index.ts';
import { datasetInput, datasetOptions, recordDatasets, sourceOf } from '../dataset-input.ts';
import { defineJob } from '../job.ts';
import { jobRecipe } from '../recipe.ts';
import { recordInputs } from '../recipe-inputs.ts';
import { checkTarget } from '../target-file.ts';
import { noteLoaded, readingOf } from '../train/pictures.ts';
import { option, OptionError, words } from '../../words.ts';

const NAME = 'data.preview';

/** Tiles are enlarged to at least this many pixels, so that a label fits below. */
const SMALLEST_TILE = 96;

/** Shows some pictures of a data set on a sheet. */
export const dataPreviewJob = defineJob({
  name: NAME,
  about: 'Write a sheet with some pictures of a data set and their names.',
  inputs: z.strictObject({ dataset: datasetInput }),
  options: z.strictObject({
    count: z.int().min(1).max(1024).default(64).describe('number of pictures, drawn at random'),
    size: z
      .int()
      .min(8)
      .max(1024)
      .optional()
      .describe("height and width in pixels (default: the data set's own, or 64)"),
    seed: z.int().min(0).default(0).describe('seed of the draw'),
    ...datasetOptions,
  }),
  async work({ inputs: { dataset }, options, output }, work) {
    const { count, size, seed, rules, named } = options;
    const source = sourceOf(dataset, named.dataset);
    if (source === undefined)
      throw new OptionError(words`data preview: give ${option('dataset')}, such as emoji:faces`);
    await checkTarget(output);
    const loaded = await loadImageDataset(source, {
      ...readingOf(work),
      ...(size !== undefined && { size }),
      limit: count,
      random: new Random(seed).fork('preview'),
      rules,
    });
    await noteLoaded(loaded, work.report);
    const { train } = loaded;
    const sheet = sheetOf(train);
    const recorded = await recordDatasets({ dataset }, named, rules);
    const recipe = jobRecipe(NAME, await recordInputs(recorded.files), { ...options, named: recorded.named });
    work.signal.throwIfAborted();
    await writePicture(output, sheet, { recipe });
    await work.report.artefact(output);
    const facts = { pictures: train.count, width: sheet.width, height: sheet.height };
    await work.report.end(
      { type: 'preview', path: output, dataset: train.name, ...facts },
      `${output}: ${counted(train.count, 'picture')} of ${train.name}\n`,
    );
  },
});

function sheetOf(dataset: ImageDataset): Picture {
  const { count, width, captions, labels, name } = dataset;
  const names = name.startsWith('emoji') ? captions : (labels ?? captions);
  return montage(
    Array.from({ length: count }, (_, index) => pictureAt(dataset, index)),
    { scale: Math.ceil(SMALLEST_TILE / width), ...(names !== undefined && { labels: names }) },
  );
}

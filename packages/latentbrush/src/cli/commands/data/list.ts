import { Command } from 'commander';
import { downloadableDatasets, emojiSetInfo, emojiSetNames } from '../../../data/index.ts';
import { datasetFlags, type SourceFlags } from '../../options/source-flags.ts';
import { datasetState, describeDatasetState, downloadSize } from './dataset-state.ts';
import { Output, type OutputOptions } from '../../terminal/output.ts';
import { outputOptions, unusedSeedOption } from '../../options/shared-options.ts';
import { table } from '../../terminal/table.ts';

/** `latentbrush data list`. */
export function dataListCommand(): Command {
  const command = new Command('list').description(
    'List the data sets by name and say where their files are.',
  );
  datasetFlags(command);
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (given: OutputOptions & SourceFlags) => {
    const output = new Output(given);
    const rows = [...(await listDownloadable(given, output)), await listEmoji(output)];
    output.text(table(['name', 'pictures', 'size', 'classes', 'licence', 'files'], rows));
    output.text('Your own folder of pictures is a data set, too.\n');
  });
}

/** A row of the table: name, pictures, size, classes, licence, files. */
type Row = readonly (string | number)[];

async function listDownloadable(given: SourceFlags, output: Output): Promise<Row[]> {
  const rows: Row[] = [];
  for (const entry of downloadableDatasets) {
    const { name, title, licence, channels, size, train, test, classes, files } = entry;
    const found = await datasetState(entry, given);
    const facts = { name, title, licence, channels, size, train, test, classes: classes.length };
    output.event({ type: 'dataset', ...facts, bytes: downloadSize(files), ...found });
    rows.push([
      name,
      train + test,
      `${size}x${size}`,
      classes.length,
      licence,
      describeDatasetState(entry, found),
    ]);
  }
  return rows;
}

async function listEmoji(output: Output): Promise<Row> {
  const sets = await Promise.all(emojiSetNames.map(emojiSetInfo));
  const pictures = sets.reduce((sum, set) => sum + set.pictures, 0);
  const licence = sets.map((set) => set.licence).join(', ');
  const title =
    'emoji with their names, drawn at any size; emoji:faces, emoji:animals and emoji:cat select some';
  output.event({
    type: 'dataset',
    name: 'emoji',
    title,
    licence,
    channels: 3,
    train: pictures,
    state: 'embedded',
  });
  return ['emoji', pictures, 'any', 'by kind', licence, 'comes with this package'];
}

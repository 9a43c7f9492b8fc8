import { Command } from 'commander';
import {
  classCounts,
  downloadableDatasets,
  emojiSetInfo,
  emojiSetNames,
  loadImageDataset,
  type DatasetEntry,
} from '../../../data/index.ts';
import { kindOf } from '../../../files/file-kind.ts';
import { DATASET, notesOf } from '../../../jobs/train/pictures.ts';
import { datasetFlags, datasetSource, type SourceFlags } from '../../options/source-flags.ts';
import { datasetState, describeDatasetState } from './dataset-state.ts';
import { Output, type OutputOptions } from '../../terminal/output.ts';
import { outputOptions, unusedSeedOption } from '../../options/shared-options.ts';
import { table } from '../../terminal/table.ts';

/** The number of classes that are listed one by one. */
const SHOWN_CLASSES = 20;

/** `latentbrush data info`. */
export function dataInfoCommand(): Command {
  const command = new Command('info')
    .description('Show what a data set contains, who made it, its licence, and where its files are.')
    .argument('<dataset>', DATASET.description ?? '');
  datasetFlags(command);
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (dataset: string, given: OutputOptions & SourceFlags) => {
    const output = new Output(given);
    const isPath = (await kindOf(dataset)) !== undefined;
    const name = dataset.toLowerCase();
    const entry = isPath ? undefined : downloadableDatasets.find((one) => one.name === name);
    if (entry !== undefined) return describeKnown(entry, given, output);
    if (!isPath && name === 'emoji') return describeEmoji(output);
    return describeLoaded(dataset, given, output);
  });
}

async function describeKnown(entry: DatasetEntry, given: SourceFlags, output: Output): Promise<void> {
  const { name, title, authors, licence, homepage, channels, size, train, test, classes, files } = entry;
  const found = await datasetState(entry, given);
  output.event({ type: 'dataset', ...entry, folders: undefined, systemFolder: undefined, ...found });
  const lines = [
    ['data set', title],
    ['authors', authors],
    ['licence', licence],
    ['homepage', homepage],
    ['pictures', `${train} for training, ${test} for testing`],
    ['size', `${size}x${size}, ${channels === 1 ? 'grey' : 'colour'}`],
    ['classes', classes.join(', ')],
    ['files', describeDatasetState(entry, found)],
  ] as const;
  output.text(`${name}\n${listed(lines)}`);
  const rows = files.map(({ url, size, md5 }) => [url, size, md5]);
  output.text(`\n${table(['download', 'bytes', 'MD5'], rows)}`);
}

async function describeEmoji(output: Output): Promise<void> {
  const sets = await Promise.all(emojiSetNames.map(emojiSetInfo));
  for (const set of sets) output.event({ type: 'emoji-set', ...set });
  const pictures = sets.reduce((sum, set) => sum + set.pictures, 0);
  const lines = [
    ['data set', `${pictures} emoji of ${sets.length} sets, drawn at the size you choose`],
    ['classes', 'the categories of Unicode: Smileys & Emotion, People & Body, Animals & Nature ...'],
    ['names', 'as in Unicode: "grinning face with smiling eyes", "waving hand medium-light skin tone"'],
    [
      'parts',
      'emoji:faces (round yellow faces), emoji:animals (a category), emoji:cat (a word), emoji:noto,cat (both)',
    ],
    ['files', 'come with this package'],
  ] as const;
  output.text(`emoji\n${listed(lines)}\n`);
  const rows = sets.map((set) => [
    set.name,
    set.pictures,
    set.author,
    set.licence,
    set.licenceUrl,
    set.package,
  ]);
  output.text(table(['set', 'pictures', 'author', 'licence', 'terms', 'package'], rows));
}

async function describeLoaded(dataset: string, given: SourceFlags, output: Output): Promise<void> {
  const loaded = await loadImageDataset(dataset, datasetSource(given, output));
  for (const line of notesOf(loaded)) output.note(line);
  const { train, test, note } = loaded;
  const { name, origin, source, channels, height, width, count, sha256 } = train;
  const skipped = [...train.skipped, ...(test?.skipped ?? [])];
  const classes = Object.fromEntries(classCounts(train));
  const facts = { name, source, origin, channels, height, width, train: count, test: test?.count ?? 0 };
  output.event({ type: 'dataset', ...facts, classes, skipped, sha256, note: note ?? null });
  const lines = [
    ['data set', origin],
    ['pictures', test === undefined ? `${count}` : `${count} for training, ${test.count} for testing`],
    ['size', `${width}x${height}, ${channels === 1 ? 'grey' : 'colour'}`],
    ['classes', describeClasses(classes)],
    ['left out', skipped.length === 0 ? 'none' : `${skipped.length} that cannot be read`],
    ['SHA-256', sha256],
  ] as const;
  output.text(`${name}\n${listed(lines)}`);
}

function describeClasses(classes: Readonly<Record<string, number>>): string {
  const all = Object.entries(classes);
  if (all.length === 0) return 'none';
  const shown = all.slice(0, SHOWN_CLASSES).map(([name, count]) => `${name} ${count}`);
  return `${all.length}: ${shown.join(', ')}${all.length > SHOWN_CLASSES ? ' ...' : ''}`;
}

function listed(lines: readonly (readonly [key: string, value: string])[]): string {
  return lines.map(([key, value]) => `  ${key.padEnd(8)}  ${value}\n`).join('');
}

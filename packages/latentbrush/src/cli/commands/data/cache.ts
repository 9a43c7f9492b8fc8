import { Command, InvalidArgumentError } from 'commander';
import { counted } from '../../../counted.ts';
import { defaultCacheDir, preparedData, pruneCache, type PreparedData } from '../../../data/index.ts';
import { outputOptions, unusedSeedOption } from '../../options/shared-options.ts';
import { Output, type OutputOptions } from '../../terminal/output.ts';
import { table } from '../../terminal/table.ts';
import { megabytes } from '../../terminal/megabytes.ts';

/** What is not used for this many days is removed, if no other number is given. */
const DAYS = 30;

const DAY_MS = 24 * 60 * 60 * 1000;

/** `latentbrush data cache`. */
export function dataCacheCommand(): Command {
  const command = new Command('cache')
    .description(
      'List the prepared data in the cache folder: tokens of large corpora, pictures of folders. Trainings make them again when they are missing.',
    )
    .option(
      '--prune [days]',
      `remove what no training has used for this many days (default: ${DAYS}; 0 removes all)`,
      daysOf,
    );
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (given: OutputOptions & { prune?: number | true }) => {
    const output = new Output(given);
    const folder = defaultCacheDir();
    if (given.prune === undefined) {
      list(await preparedData(folder), folder, output);
      return;
    }
    const days = given.prune === true ? DAYS : given.prune;
    const removed = await pruneCache(folder, new Date(Date.now() - days * DAY_MS));
    for (const data of removed) output.event({ type: 'removed', ...data });
    output.text(`${folder}: removed ${counted(removed.length, 'file')}, ${megabytes(bytesOf(removed))}\n`);
  });
}

function list(found: readonly PreparedData[], folder: string, output: Output): void {
  for (const data of found) output.event({ type: 'prepared', ...data });
  if (found.length === 0) {
    output.text(`${folder}: contains no prepared data\n`);
    return;
  }
  const rows = found.map(({ kind, source, bytes, used, isWhole }) => [
    kind,
    megabytes(bytes),
    used.toISOString().slice(0, 10),
    isWhole ? source! : 'not finished; the next training with the same data continues it',
  ]);
  output.text(table(['kind', 'size', 'last used', 'source'], rows));
  output.text(
    `${folder}: ${megabytes(bytesOf(found))}; --prune removes what was not used for ${DAYS} days\n`,
  );
}

function bytesOf(found: readonly PreparedData[]): number {
  return found.reduce((sum, { bytes }) => sum + bytes, 0);
}

function daysOf(value: string): number {
  const days = Number(value);
  if (value.trim() === '' || !(days >= 0))
    throw new InvalidArgumentError('a number of days, 0 or more, is needed.');
  return days;
}

import { InputError } from '@latentbrush/engine';
import type { Command } from 'commander';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What a command reads and writes, as far as it is known. */
interface FilesOfCommand {
  /** Paths of files and folders that it reads. */
  readonly inputs: string[];
  /** Paths of files that it is going to write. */
  readonly targets: string[];
  /** Whether an input may be overwritten: `--overwrite-input`. */
  readonly allowed: boolean;
}

/** Of the command of this process; a process has one. */
let files: FilesOfCommand = { inputs: [], targets: [], allowed: true };

/** Options whose files and folders are not read: where things go, and where they are looked for. */
const NOT_READ = new Set(['output', 'run', 'dataDir', 'inputs']);

/** How the flags of options look whose values are read, if such a file is there. */
const READ = /<(?:file|folder|picture|path)>|--backbone/;

/** What a training writes into the folder of its run, and commands read again. */
const FILES_OF_RUNS = ['run.json', 'metrics.jsonl', 'checkpoints', 'samples'];

/** Adds `-o`, and what allows it to be one of the inputs. */
export function targetOption(command: Command, flags: string, description: string, otherwise?: string): void {
  command
    .option(flags, description, otherwise)
    .option('--overwrite-input', 'write also where that overwrites a file that is read');
}

/**
 * Begins a command: notes all that it was given to read, and checks the target that it was given. So nothing has been loaded yet when an
 * input would be overwritten.
 * @throws InputError when the target is one of the inputs
 */
export async function beginCommand(command: Command): Promise<void> {
  const given: unknown[] = [...command.args];
  for (const option of command.options) {
    const name = option.attributeName();
    if (READ.test(option.flags) && !NOT_READ.has(name)) given.push(command.getOptionValue(name));
  }
  const inputs = given.flat().filter((value) => typeof value === 'string');
  files = { inputs, targets: [], allowed: command.getOptionValue('overwriteInput') === true };
  const target: unknown = command.getOptionValue('output');
  if (typeof target === 'string') await willWrite(target);
}

/**
 * To be called for every file that a command is going to write, before its work.
 * @throws InputError when the file is one that the command reads, also by another name, and that was not allowed
 */
export async function willWrite(target: string): Promise<void> {
  files.targets.push(target);
  await check([target], files.inputs);
}

/**
 * To be called for a file or a folder that a command reads without having been given it: what a recipe or a run names.
 * @throws InputError when a file of it is one that the command is going to write, and that was not allowed
 */
export async function alsoReads(inputs: readonly string[]): Promise<void> {
  files.inputs.push(...inputs);
  await check(files.targets, inputs);
}

async function check(targets: readonly string[], inputs: readonly string[]): Promise<void> {
  if (files.allowed) return;
  for (const target of targets) {
    const there = await identityOf(target);
    if (there === undefined) continue; // nothing is overwritten
    for (const input of inputs) {
      for (const path of await filesOf(input)) {
        if ((await identityOf(path)) !== there) continue;
        throw new InputError(
          `${target}: is the same file as ${path}, which is read; choose another name with -o, or allow it with --overwrite-input`,
        );
      }
    }
  }
}

/** The file at a path, the same by whatever link or spelling; undefined when there is none. */
async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined; // whoever opens it says what is wrong
  }
}

/** The files that are read of what a command was given: the file itself, the pictures of a folder, what a training left in its run. */
async function filesOf(given: string): Promise<readonly string[]> {
  const found = await stat(given).catch(() => undefined);
  if (found === undefined) return given.includes(',') ? given.split(',') : []; // images,labels
  if (!found.isDirectory()) return [given];
  const { listPictures } = await import('../data/index.ts'); // help needs no pictures
  const isRun = (await identityOf(join(given, 'run.json'))) !== undefined;
  return isRun ? filesOfRun(given) : listPictures(given).catch(() => []);
}

async function filesOfRun(run: string): Promise<string[]> {
  const places = FILES_OF_RUNS.map(async (name) => {
    const path = join(run, name);
    const names = await readdir(path).catch(() => undefined);
    return names === undefined ? [path] : names.map((each) => join(path, each));
  });
  return (await Promise.all(places)).flat();
}

import { readdir, stat } from 'node:fs/promises';
import { AsyncLocalStorage } from 'node:async_hooks';
import { join } from 'node:path';
import { option, OptionError, words } from '../words.ts';

/** What a job reads and writes, as far as it is known: it never overwrites what it reads, unless that is allowed. */
export interface FilesInUse {
  /** Paths of files and folders that it reads. */
  readonly inputs: string[];
  /** Paths of files that it is going to write. */
  readonly targets: string[];
  /** Whether an input may be overwritten. */
  readonly allowed: boolean;
}

/** Of the job that runs: several may run in a process, each in its own asynchronous context. */
const ofJob = new AsyncLocalStorage<FilesInUse>();

/** Of a program that does one thing, as the command line. */
let ofProcess: FilesInUse = { inputs: [], targets: [], allowed: true };

/** Begins what this process does: from here on these are its files. */
export function beginUse(files: FilesInUse): void {
  ofProcess = files;
}

/** Files of whatever runs here. */
export function filesInUse(): FilesInUse {
  return ofJob.getStore() ?? ofProcess;
}

/** Runs a job with its own files. */
export function inUse<Result>(files: FilesInUse, work: () => Promise<Result>): Promise<Result> {
  return ofJob.run(files, work);
}

/** What a training writes into the folder of its run, and jobs read again. */
const FILES_OF_RUNS = ['run.json', 'metrics.jsonl', 'checkpoints', 'samples'];

/**
 * To be called for every file that a job is going to write, before its work.
 * @throws InputError when the file is one that the job reads, also by another name, and that was not allowed
 */
export async function willWrite(target: string): Promise<void> {
  const { targets, inputs } = filesInUse();
  targets.push(target);
  await check([target], inputs);
}

/**
 * To be called for a file or a folder that a job reads without having been given it: what a recipe or a run names.
 * @throws InputError when a file of it is one that the job is going to write, and that was not allowed
 */
export async function alsoReads(inputs: readonly string[]): Promise<void> {
  const files = filesInUse();
  files.inputs.push(...inputs);
  await check(files.targets, inputs);
}

async function check(targets: readonly string[], inputs: readonly string[]): Promise<void> {
  if (filesInUse().allowed) return;
  for (const target of targets) {
    const there = await identityOf(target);
    if (there === undefined) continue; // nothing is overwritten
    for (const input of inputs) {
      for (const path of await filesOf(input)) {
        if ((await identityOf(path)) !== there) continue;
        throw new OptionError(
          words`${target}: is the same file as ${path}, which is read; choose another name with ${option('output')}, or allow it with ${option('overwriteInput')}`,
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

/** The files that are read of what a job was given: the file itself, the pictures of a folder, what a training left in its run. */
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

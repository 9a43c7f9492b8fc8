import { readdir, stat } from 'node:fs/promises';
import { AsyncLocalStorage } from 'node:async_hooks';
import { join } from 'node:path';
import { isPretrained, placeOfRun } from '../runs/pretrained-runs.ts';
import { option, OptionError, words } from '../words.ts';

/** The known input and output files of a job. It never overwrites an input, unless that is allowed. */
export interface FilesInUse {
  /** Paths of its input files and folders. */
  readonly inputs: string[];
  /** Paths of files that it will write. */
  readonly targets: string[];
  /** Whether an input may be overwritten. */
  readonly allowed: boolean;
}

/** For the running job: several jobs can run in a process, each in its own asynchronous context. */
const ofJob = new AsyncLocalStorage<FilesInUse>();

/** For a program that runs one job, such as the command line. */
let ofProcess: FilesInUse = { inputs: [], targets: [], allowed: true };

/** Sets the files of this process from now on. */
export function beginUse(files: FilesInUse): void {
  ofProcess = files;
}

/** Files of the job that runs here. */
export function filesInUse(): FilesInUse {
  return ofJob.getStore() ?? ofProcess;
}

/** Runs a job with its own files. */
export function inUse<Result>(files: FilesInUse, work: () => Promise<Result>): Promise<Result> {
  return ofJob.run(files, work);
}

/** Files that training writes into the folder of its run, and that jobs read. */
const FILES_OF_RUNS = ['run.json', 'metrics.jsonl', 'times.jsonl', 'checkpoints', 'samples'];

/**
 * Call this for every file that a job will write, before its work.
 * @throws InputError when the file is an input of the job, even by another name, and overwriting was not
 * allowed
 */
export async function willWrite(target: string): Promise<void> {
  const { targets, inputs } = filesInUse();
  targets.push(target);
  await check([target], inputs);
}

/**
 * Call this for a file or a folder that a job reads because a recipe or a run names it.
 * @throws InputError when the job will write one of its files, and overwriting was not allowed
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
          words`${target}: is the same file as the input ${path}; choose another name with ${option('output')}, or allow it with ${option('overwriteInput')}`,
        );
      }
    }
  }
}

/** Identity of the file at a path, the same for every link or spelling; undefined when there is no file. */
async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined; // the code that opens it reports the fault
  }
}

/**
 * The files that a job reads from an input: the file itself, the pictures of a folder, the files of a run.
 */
async function filesOf(named: string): Promise<readonly string[]> {
  const given = isPretrained(named) ? placeOfRun(named.split('/', 1)[0]!) : named;
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

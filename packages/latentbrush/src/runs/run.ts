import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { errorCode, fileError } from '../files/file-error.ts';
import { makeFolder } from '../files/make-folder.ts';
import { removeLeftovers, writeFileAtomic } from '../files/atomic-file.ts';
import { JobCall, OptionError, words } from '../words.ts';
import { checkWritableRun, placeOfRun } from './pretrained-runs.ts';
import { RUN_ID, runId } from './run-id.ts';
import { version } from '../version.ts';

const FORMAT = 'latentbrush-run';
const VERSION = 1;

const headSchema = z.object({ format: z.literal(FORMAT), version: z.int().min(1) });

const descriptionSchema = headSchema.extend({
  id: z.string().regex(RUN_ID).optional(),
  system: z.string().min(1),
  options: z.record(z.string(), z.unknown()),
  seed: z.int().min(0),
  createdAt: z.iso.datetime(),
  versions: z.record(z.string(), z.string()),
  extra: z.record(z.string(), z.unknown()),
});

/** The contents of `run.json`. */
export interface RunDescription {
  /** Its id: 32 hexadecimal digits, the same for the same training. It stays when the run is continued. Runs of version 0.1.0 have none. */
  readonly id?: string | undefined;
  /** The system that made the run: `text`, `dream` ... */
  readonly system: string;
  /** All options, with defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** When the run was made, ISO 8601 in UTC. */
  readonly createdAt: string;
  /** Versions of the programs that made it: `latentbrush`, `node`. */
  readonly versions: Readonly<Record<string, string>>;
  /** Other values that the system records: its vocabulary, the source of its data ... */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** A run folder: everything that one training made. */
export interface Run extends RunDescription {
  readonly folder: string;
}

/** The values of a new run. */
export interface RunOptions {
  readonly system: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly extra?: Readonly<Record<string, unknown>>;
  /** The part of `extra` that decides results, for the id: hashes of the data, not their paths (default: all of it). */
  readonly identity?: unknown;
}

/**
 * Makes a run folder with its `run.json`. The folder may exist if it is empty.
 * @throws InputError when the folder already is a run, contains other files, or cannot be written
 * @example
 * const run = await runs.createRun('runs/own', { system: 'mine', options: { rate: 0.1 }, seed: 1 });
 * console.log(run.folder); // runs/own
 */
export async function createRun(
  folder: string,
  { system, options, seed, extra = {}, identity = extra }: RunOptions,
): Promise<Run> {
  checkWritableRun(folder);
  await makeEmptyFolder(folder, system);
  const description: RunDescription = {
    id: runId({ system, options, seed, identity, version }),
    system,
    options,
    seed,
    createdAt: new Date().toISOString(),
    versions: { latentbrush: version, node: process.versions.node },
    extra,
  };
  await writeDescription(folder, description);
  return { folder, ...description };
}

/**
 * Opens a run folder. It only reads: any number of programs may open the same run.
 * @param folder the folder, or the name of a run of the package, such as `pretrained:faces-vae`
 * @param expected `system`: the system that the caller supports
 * @throws InputError when the folder is missing, is not a run, is damaged, or comes from a newer version or another
 * system
 * @example
 * const run = await runs.openRun('runs/mine');
 * console.log(run.system, run.seed); // text 1
 */
export async function openRun(folder: string, expected: { readonly system?: string } = {}): Promise<Run> {
  const file = join(placeOfRun(folder), 'run.json');
  const contents = parseJson(file, await readRunFile(folder, file));
  const head = headSchema.safeParse(contents);
  if (!head.success) {
    throw new InputError(`${file}: not written by latentbrush; choose the folder of a run`);
  }
  if (head.data.version > VERSION) {
    throw new InputError(
      `${file}: has format version ${head.data.version}; this program reads up to ${VERSION}; update latentbrush`,
    );
  }
  const parsed = descriptionSchema.safeParse(contents);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = issue === undefined ? '' : ` at ${issue.path.join('.')} (${issue.message})`;
    throw new InputError(`${file}: damaged${place}; restore it from a copy or start a new run`);
  }
  const { id, system, options, seed, createdAt, versions, extra } = parsed.data;
  if (expected.system !== undefined && system !== expected.system) {
    throw new InputError(
      `${folder}: a run of '${system}', not of '${expected.system}'; use the '${system}' commands or choose another folder`,
    );
  }
  return { folder, id, system, options, seed, createdAt, versions, extra };
}

/**
 * Changes the records of a run besides its options, such as the new place of its data. The caller must hold the lock of the run.
 * @param extra properties that replace those with the same name
 * @throws InputError when `run.json` is damaged or cannot be written
 */
export async function updateExtra(folder: string, extra: Readonly<Record<string, unknown>>): Promise<void> {
  checkWritableRun(folder);
  const { folder: _, ...description } = await openRun(folder);
  await writeDescription(folder, { ...description, extra: { ...description.extra, ...extra } });
}

/** Writes `run.json`, whole or not at all. @throws InputError when it cannot be written */
export async function writeDescription(folder: string, description: RunDescription): Promise<void> {
  const contents = { format: FORMAT, version: VERSION, ...description };
  await writeFileAtomic(join(folder, 'run.json'), `${JSON.stringify(contents, null, 2)}\n`);
}

async function makeEmptyFolder(folder: string, system: string): Promise<void> {
  let names: string[];
  try {
    await makeFolder(folder);
    await removeLeftovers(folder);
    names = await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw new InputError(`${folder}: is a file; choose a folder`);
    throw fileError(error, folder, 'write');
  }
  if (names.includes('run.json')) {
    const resumed = new JobCall({ job: `${system}.resume`, run: folder });
    throw new OptionError(
      words`${folder}: already contains a run; continue it with ${resumed}, or choose another folder`,
    );
  }
  if (names.length > 0) {
    throw new InputError(`${folder}: contains other files; choose an empty or a new folder for the run`);
  }
}

async function readRunFile(folder: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new InputError(await whyNotARun(folder));
    throw fileError(error, file, 'read');
  }
}

async function whyNotARun(folder: string): Promise<string> {
  try {
    const isFolder = (await stat(folder)).isDirectory();
    return isFolder
      ? `${folder}: not a run (it has no run.json); choose the folder of a run`
      : `${folder}: is a file, not a run; choose the folder of a run`;
  } catch {
    return `${folder}: no such folder; choose the folder of a run`;
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}: damaged (incomplete JSON); restore it from a copy or start a new run`, {
      cause: error,
    });
  }
}

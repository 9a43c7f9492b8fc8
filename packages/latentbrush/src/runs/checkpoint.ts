import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, type NDArray } from '@latentbrush/engine';
import { errorCode, fileError } from '../files/file-error.ts';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { DamagedCheckpoint, decodeCheckpoint, encodeCheckpoint, type Checkpoint } from './checkpoint-file.ts';
import { option, OptionError, words } from '../words.ts';
import { checkWritableRun, placeOfRun } from './pretrained-runs.ts';
import type { Run } from './run.ts';

const BEST = 'best.safetensors';
const STEP_FILE = /^step-(\d+)\.safetensors$/;

/** How to keep a checkpoint. */
export interface SaveOptions {
  /** Also keep this one as `checkpoints/best.safetensors`, replacing the former best (default false). */
  readonly best?: boolean | undefined;
  /** Number of newest checkpoints to keep, in addition to the best (default 2). */
  readonly keep?: number | undefined;
}

/**
 * Writes `checkpoints/step-00001234.safetensors`, whole or not at all, then deletes all but the newest ones. Files
 * of later steps, left by a training that continued from an earlier checkpoint, are deleted too.
 * @param state any JSON value
 * @throws InputError when the disk is full or the folder cannot be written; the older checkpoints stay
 * @example
 * import { float32 } from '@latentbrush/engine';
 * const run = await runs.createRun('runs/kept', { system: 'mine', options: {}, seed: 1 });
 * await runs.saveCheckpoint(run, 100, { weights: float32([1, 2], [2]) }, { epoch: 3 });
 */
export async function saveCheckpoint(
  run: Pick<Run, 'folder'>,
  step: number,
  tensors: Readonly<Record<string, NDArray>>,
  state: unknown,
  { best = false, keep = 2 }: SaveOptions = {},
): Promise<string> {
  checkWritableRun(run.folder);
  const folder = checkpointsOf(run);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw fileError(error, folder, 'write');
  }
  const bytes = encodeCheckpoint({ step, tensors, state });
  // The best first: if the process dies in between, the resumed training does these steps again and writes it again.
  if (best) await writeFileAtomic(join(folder, BEST), bytes);
  const path = join(folder, fileName(step));
  await writeFileAtomic(path, bytes);
  const saved = await savedSteps(run);
  const kept = saved.filter((other) => other <= step).slice(0, keep);
  for (const other of saved) {
    if (!kept.includes(other)) await rm(join(folder, fileName(other)), { force: true });
  }
  return path;
}

/**
 * Reads the newest or the best checkpoint of a run.
 * @throws InputError when there is none, when its bytes have changed, or when a newer version of the program wrote it; the message says how
 *   to continue
 * @example
 * const run = await runs.openRun('runs/smileys');
 * const { step, tensors } = await runs.loadCheckpoint(run, 'latest');
 */
export async function loadCheckpoint(
  run: Pick<Run, 'folder'>,
  which: 'latest' | 'best',
): Promise<Checkpoint> {
  const folder = checkpointsOf(run);
  if (which === 'best') {
    const file = join(folder, BEST);
    const best = await readIfThere(file);
    if (best === undefined) {
      throw new InputError(
        `${run.folder}: has no best checkpoint yet; use the latest, or train with validation`,
      );
    }
    return decodeOr(best, file, () => Promise.resolve('delete it and use the latest checkpoint'));
  }
  const [latest, ...older] = await savedSteps(run);
  if (latest === undefined) {
    throw new InputError(`${run.folder}: has no checkpoint yet to continue from; start a new run`);
  }
  const file = join(folder, fileName(latest));
  const bytes = await readIfThere(file);
  if (bytes === undefined) return loadCheckpoint(run, which); // a running training has just replaced it
  return decodeOr(bytes, file, () => howToGoOn(folder, older));
}

/** Whether a run has a best checkpoint. Training by epochs writes one after the first epoch. */
export async function hasBest(run: Pick<Run, 'folder'>): Promise<boolean> {
  const names: readonly string[] = await readdir(checkpointsOf(run)).catch(() => []);
  return names.includes(BEST);
}

/**
 * Reads one checkpoint of a run by its path.
 * @throws InputError when it cannot be read, when its bytes have changed, or when a newer version of the program wrote it
 */
export async function loadCheckpointFile(path: string): Promise<Checkpoint> {
  let bytes;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw fileError(error, path, 'read');
  }
  return decodeOr(bytes, path, () => Promise.resolve('restore it from a copy'));
}

/**
 * The file of the newest checkpoint of a run.
 * @throws InputError when there is none
 */
export async function latestCheckpointPath(run: Pick<Run, 'folder'>): Promise<string> {
  const [latest] = await savedSteps(run);
  if (latest === undefined) throw new InputError(`${run.folder}: has no checkpoint yet; train it first`);
  return join(checkpointsOf(run), fileName(latest));
}

/**
 * The file of a checkpoint of a run.
 * @param which `latest`, `best` (the newest while there is no best one yet), or the number of a step, such as `1200`
 * @throws OptionError naming the option `checkpoint` and the existing steps
 * @throws InputError when there is no checkpoint at all
 */
export async function checkpointPath(run: Pick<Run, 'folder'>, which: string): Promise<string> {
  const latest = await latestCheckpointPath(run);
  if (which === 'latest') return latest;
  if (which === 'best') return (await hasBest(run)) ? join(checkpointsOf(run), BEST) : latest;
  const steps = await savedSteps(run);
  if (/^\d+$/.test(which) && steps.includes(Number(which)))
    return join(checkpointsOf(run), fileName(Number(which)));
  throw new OptionError(
    words`${option('checkpoint')}: "${which}" was given; expected best, latest or the step of a kept checkpoint: ${steps.toReversed().join(', ')}`,
  );
}

/** Steps of the checkpoints of a run, newest first; the best one is not counted. */
export async function savedSteps(run: Pick<Run, 'folder'>): Promise<number[]> {
  const folder = checkpointsOf(run);
  try {
    const names = await readdir(folder);
    const steps = names.flatMap((name) => STEP_FILE.exec(name)?.[1] ?? []).map(Number);
    return steps.toSorted((a, b) => b - a);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw fileError(error, folder, 'read');
  }
}

function checkpointsOf({ folder }: Pick<Run, 'folder'>): string {
  return join(placeOfRun(folder), 'checkpoints');
}

function fileName(step: number): string {
  return `step-${String(step).padStart(8, '0')}.safetensors`;
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw fileError(error, file, 'read');
  }
}

async function decodeOr(bytes: Uint8Array, file: string, advice: () => Promise<string>): Promise<Checkpoint> {
  try {
    return decodeCheckpoint(bytes, file);
  } catch (error) {
    if (!(error instanceof DamagedCheckpoint)) throw error;
    throw new InputError(`${file}: damaged (${error.message}); ${await advice()}`, { cause: error });
  }
}

async function howToGoOn(folder: string, older: readonly number[]): Promise<string> {
  for (const step of older) {
    const file = join(folder, fileName(step));
    const bytes = await readIfThere(file);
    if (bytes !== undefined && isWhole(bytes, file)) return `delete it to continue from ${fileName(step)}`;
  }
  return 'there is no other complete checkpoint to continue from; start a new run';
}

function isWhole(bytes: Uint8Array, file: string): boolean {
  try {
    decodeCheckpoint(bytes, file);
    return true;
  } catch {
    return false;
  }
}

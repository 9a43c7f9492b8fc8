import { existsSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { NotThereError } from '../queue/job-queue.ts';
import { openRun, type Run } from '../../runs/index.ts';
import { checkWritableRun, isPretrained, pretrainedNames } from '../../runs/pretrained-runs.ts';

/** Letters, digits, dots, hyphens and underscores; no dot first, so that no name leaves the folder. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}._-]{0,79}$/u;

/**
 * The runs of the studio: the folders in `runs/`, those beside it, as the quickstart leaves them, and the runs that come with the package,
 * which are only for use.
 */
export class RunFolders {
  readonly #folder: string;
  readonly #others: readonly string[];

  /**
   * @param folder the folder of the runs: new ones are made here
   * @param others more folders that contain runs
   */
  constructor(folder: string, others: readonly string[] = []) {
    this.#folder = folder;
    this.#others = others;
  }

  /** All of them: the person's own, newest first, then those that come with the package. Folders that are no runs are left out. */
  async list(): Promise<{ name: string; run: Run }[]> {
    const all = [this.#folder, ...this.#others].map((folder) => readdir(folder).catch(() => []));
    const names = [...new Set((await Promise.all(all)).flat())].filter((name) => NAME.test(name));
    const found = await Promise.all(
      names.map(async (name) => ({ name, run: await this.open(name).catch(() => undefined) })),
    );
    const own = found
      .flatMap(({ name, run }) => (run === undefined ? [] : [{ name, run }]))
      .sort((a, b) => (a.run.createdAt < b.run.createdAt ? 1 : -1));
    return [...own, ...(await pretrained())];
  }

  /**
   * The run of a name.
   * @throws InputError when there is none, or it is damaged
   */
  async open(name: string): Promise<Run> {
    return openRun(await this.pathOf(name));
  }

  /**
   * The folder of a run; of a run that comes with the package its name, which jobs take in place of a folder.
   * @throws InputError when there is no folder of this name; links are refused, since they can leave the folder
   */
  async pathOf(name: string): Promise<string> {
    if (pretrainedNames().includes(name)) return name;
    if (isPretrained(name)) throw new NotThereError(`there is no run called ${name}`);
    const path = this.place(name);
    if (await isFolder(path)) return path;
    for (const folder of this.#others) {
      const other = join(folder, name);
      if (existsSync(join(other, 'run.json')) && (await isFolder(other))) return other;
    }
    throw new NotThereError(`there is no run called ${name}`);
  }

  /**
   * The path of a run of this name, existing or not.
   * @throws InputError when it cannot be the name of a run, or the run comes with the package
   */
  place(name: string): string {
    if (isPretrained(name)) checkWritableRun(name);
    if (!NAME.test(name))
      throw new InputError(
        'the name of a run has letters, digits, dots, hyphens and underscores, at most 80',
      );
    return join(this.#folder, name);
  }

  /** The path of the run that a job begins or continues. @throws InputError as `place` does, and when a run that continues does not exist */
  async placeFor(job: string, name: string): Promise<string> {
    const place = this.place(name);
    return job.endsWith('.resume') ? this.pathOf(name) : place;
  }
}

/** Whether it is a folder, not a link to one. */
function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}

/** The runs that come with the package. A run whose files are missing is left out, since the studio works without it. */
async function pretrained(): Promise<{ name: string; run: Run }[]> {
  const opened = pretrainedNames().map(async (name) => {
    const run = await openRun(name).catch(() => undefined);
    return run === undefined ? [] : [{ name, run }];
  });
  return (await Promise.all(opened)).flat();
}

import { randomBytes } from 'node:crypto';
import { appendFile, copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { removeLeftovers, writeFileAtomic } from '../../files/atomic-file.ts';
import { fileError } from '../../files/file-error.ts';
import { jobNamed } from '../../jobs/public.ts';
import { lockRun, type RunLock } from '../../runs/lock.ts';
import { artefactName } from './artefact-names.ts';
import {
  ARTEFACT_FORMATS,
  NotThereError,
  TooManyError,
  type JobQueue,
  type NumberedEvent,
  type QueuedJob,
  type QueueListener,
  type QueueRequest,
  type StoredEvent,
} from './job-queue.ts';
import { WorkerProcess, type WorkerEnd } from './worker-process.ts';

/** Options of a {@link FolderQueue}. */
export interface FolderQueueOptions {
  /** Jobs that run at the same time (default: 1). */
  readonly concurrency?: number | undefined;
  /** Maximum number of waiting jobs (default: 1000). */
  readonly maxQueued?: number | undefined;
  /** Shortest time between two previews, in milliseconds (default: 400). */
  readonly previewEvery?: number | undefined;
  /** Where to find weights and data sets by name. */
  readonly dataDir?: string | undefined;
  /** Never download (default: false). */
  readonly offline?: boolean | undefined;
  /** Called with a line when something cannot be written to the disk; the studio continues (default: no call). */
  readonly onProblem?: ((line: string) => void) | undefined;
  /** The compiled program of the workers (default: `worker.js` beside this file). */
  readonly worker?: URL | undefined;
}

const ID = /^[0-9a-z]{9}-[0-9a-f]{12}$/;

/** Options and inputs in a file: their job checks them. */
const jobFile = z.object({
  id: z.string().regex(ID),
  job: z.string(),
  inputs: z.record(z.string(), z.union([z.string(), z.array(z.string())]).optional()),
  options: z.record(z.string(), z.unknown()),
  run: z.string().optional(),
  format: z.enum(ARTEFACT_FORMATS).optional(),
  state: z.enum(['queued', 'running', 'done', 'cancelled', 'failed', 'interrupted']),
  created: z.number(),
  started: z.number().optional(),
  ended: z.number().optional(),
  error: z.array(z.union([z.string(), z.object({ option: z.string() })])).optional(),
  artefacts: z.array(z.string()),
}) satisfies z.ZodType<QueuedJob>;

/** A job of this queue while the studio runs. */
interface Entry {
  job: QueuedJob;
  /** Number of the newest event. */
  number: number;
  /** The newest progress and preview, which are not stored in the file. */
  readonly newest: Map<'progress' | 'preview', NumberedEvent>;
  /** Pending writes to the file of events, in order. */
  writing: Promise<void>;
  /** Whether the last write to that file failed: then its last line may be incomplete. */
  isTorn: boolean;
  worker?: WorkerProcess | undefined;
}

/**
 * The queue of one machine: a folder in which each job is a folder with `job.json`, `events.jsonl` and its artefacts. It needs no database.
 * Each job runs in a separate process. When the studio starts again, waiting jobs still wait; a job that ran is `interrupted`.
 */
export class FolderQueue implements JobQueue {
  readonly #folder: string;
  readonly #options: FolderQueueOptions;
  readonly #lock: RunLock;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<QueueListener>();
  #running = 0;
  #closing = false;

  private constructor(folder: string, options: FolderQueueOptions, lock: RunLock) {
    this.#folder = folder;
    this.#options = options;
    this.#lock = lock;
  }

  /**
   * Opens the queue of a folder, creates the folder if it is missing, and starts the waiting jobs. @throws InputError when another studio
   * uses the folder, or it cannot be written
   */
  static async open(folder: string, options: FolderQueueOptions = {}): Promise<FolderQueue> {
    const root = resolve(folder);
    try {
      for (const part of ['jobs', 'trash']) await mkdir(join(root, part), { recursive: true });
    } catch (error) {
      throw fileError(error, root, 'write');
    }
    const queue = new FolderQueue(
      root,
      options,
      await lockRun({ folder: root }, { doing: 'has its studio in this folder' }),
    );
    try {
      await queue.#read();
    } catch (error) {
      await queue.#lock.release();
      throw error;
    }
    queue.#startNext();
    return queue;
  }

  list(): readonly QueuedJob[] {
    return [...this.#entries.values()].map(({ job }) => job).sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  get(id: string): QueuedJob {
    return this.#entry(id).job;
  }

  async add(request: QueueRequest): Promise<QueuedJob> {
    (await jobNamed(request.job)).check(request);
    const { maxQueued = 1000 } = this.#options;
    const waiting = this.list().filter(({ state }) => state === 'queued').length;
    if (waiting >= maxQueued)
      throw new TooManyError(`${waiting} jobs wait already, which is the limit; cancel some first`);
    const { job, inputs, run, format } = request;
    const id = newId();
    const added: QueuedJob = {
      id,
      job,
      inputs,
      options: request.options,
      run,
      ...(format !== undefined && { format }),
      state: 'queued',
      created: Date.now(),
      artefacts: [],
    };
    await writeJob(this.#folder, added);
    this.#entries.set(id, newEntry(added));
    this.#emit(id, { type: 'state', state: 'queued' });
    this.#startNext();
    return added;
  }

  async cancel(id: string): Promise<QueuedJob> {
    const entry = this.#entry(id);
    if (entry.job.state === 'queued') await this.#set(entry, { state: 'cancelled', ended: Date.now() });
    else entry.worker?.cancel();
    return entry.job;
  }

  async remove(id: string): Promise<void> {
    const entry = this.#entry(id);
    if (entry.job.state === 'running') throw new InputError('this job is running; cancel it first');
    if (entry.job.state === 'queued') await this.cancel(id);
    await entry.writing;
    await rename(this.#folderOf(id), join(this.#folder, 'trash', id));
    this.#entries.delete(id);
  }

  async restore(id: string): Promise<QueuedJob> {
    if (!ID.test(id)) throw unknownJob();
    try {
      await rename(join(this.#folder, 'trash', id), this.#folderOf(id));
    } catch {
      throw unknownJob();
    }
    const entry = await this.#readEntry(id);
    if (entry === undefined) throw unknownJob();
    return entry.job;
  }

  async events(id: string, after = 0): Promise<readonly NumberedEvent[]> {
    const entry = this.#entry(id);
    await entry.writing;
    const kept = await readEvents(this.#folderOf(id));
    const all = [...kept, ...entry.newest.values()].filter(({ number }) => number > after);
    return all.sort((a, b) => a.number - b.number);
  }

  pathOf(id: string, file: string): string {
    const { run } = this.get(id);
    const own = this.#folderOf(id);
    const path = resolve(own, file);
    const inside = [own, ...(run === undefined ? [] : [run])].some((folder) => path.startsWith(folder + sep));
    if (!inside) throw new NotThereError('there is no such file');
    return path;
  }

  listen(listener: QueueListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends the processes of running jobs at once: unsaved results are lost. */
  killWorkers(): void {
    for (const { worker } of this.#entries.values()) worker?.kill();
  }

  async close(): Promise<void> {
    this.#closing = true;
    const working = [...this.#entries.values()].flatMap(({ worker }) =>
      worker === undefined ? [] : [worker],
    );
    for (const worker of working) worker.cancel();
    await Promise.all(working.map(({ ended }) => ended));
    await Promise.all([...this.#entries.values()].map(({ writing }) => writing));
    await this.#lock.release();
  }

  async #read(): Promise<void> {
    for (const name of await readdir(join(this.#folder, 'jobs'))) {
      if (ID.test(name)) await this.#readEntry(name);
      else if (name.endsWith('.tmp'))
        await rm(join(this.#folder, 'jobs', name), { recursive: true, force: true });
    }
    for (const entry of this.#entries.values())
      if (entry.job.state === 'running') await this.#set(entry, { state: 'interrupted', ended: Date.now() });
  }

  /** A folder whose file is damaged is no job; it is not deleted. */
  async #readEntry(id: string): Promise<Entry | undefined> {
    const folder = this.#folderOf(id);
    await removeLeftovers(folder, { deep: true });
    const text = await readFile(join(folder, 'job.json'), 'utf8').catch(() => '');
    const found = jobFile.safeParse(parsed(text));
    if (!found.success || found.data.id !== id) return undefined;
    const entry = newEntry(found.data);
    entry.number = (await readEvents(folder)).at(-1)?.number ?? 0;
    this.#entries.set(id, entry);
    return entry;
  }

  #startNext(): void {
    const { concurrency = 1 } = this.#options;
    while (!this.#closing && this.#running < concurrency) {
      const next = [...this.#entries.values()]
        .filter(({ job }) => job.state === 'queued')
        .sort((a, b) => (a.job.id < b.job.id ? -1 : 1))[0];
      if (next === undefined) return;
      this.#running += 1;
      next.job = { ...next.job, state: 'running' }; // before any await: it must not start twice
      void this.#work(next).finally(() => {
        this.#running -= 1;
        this.#startNext();
      });
    }
  }

  async #work(entry: Entry): Promise<void> {
    const { id, job, inputs, options, run } = entry.job;
    const folder = this.#folderOf(id);
    let end: WorkerEnd;
    try {
      await this.#set(entry, { state: 'running', started: Date.now() });
      const {
        worker = new URL('./worker.js', import.meta.url),
        previewEvery = 400,
        dataDir,
        offline,
      } = this.#options;
      const output = run ?? join(folder, 'artefacts', artefactName(entry.job));
      await makeFolder(join(folder, 'artefacts'));
      const request = { inputs, options, output };
      entry.worker = new WorkerProcess(
        worker,
        { type: 'run', job, request, folder, previewEvery, dataDir, offline },
        folder,
        (event) => this.#emit(id, event),
      );
      end = await entry.worker.ended;
    } catch (error) {
      end = { type: 'error', error: [error instanceof Error ? error.message : String(error)] };
    }
    entry.worker = undefined;
    await entry.writing;
    const ended = Date.now();
    if (end.type === 'error') await this.#set(entry, { state: 'failed', ended, error: end.error });
    else if (end.type === 'end' && end.reason === 'finished')
      await this.#set(entry, { state: 'done', ended });
    else await this.#set(entry, { state: this.#closing ? 'interrupted' : 'cancelled', ended });
  }

  /** Changes a job, and emits an event. With a full disk the change is not written, but the studio continues. */
  async #set(entry: Entry, change: Partial<QueuedJob> & Pick<QueuedJob, 'state'>): Promise<void> {
    entry.job = { ...entry.job, ...change };
    await this.#save(entry);
    this.#emit(entry.job.id, { type: 'state', state: change.state, error: change.error });
  }

  async #save(entry: Entry): Promise<void> {
    try {
      await writeFileAtomic(join(this.#folderOf(entry.job.id), 'job.json'), asJson(entry.job));
    } catch (error) {
      this.#options.onProblem?.(error instanceof Error ? error.message : String(error));
    }
  }

  #emit(id: string, event: StoredEvent): void {
    const entry = this.#entry(id);
    entry.number += 1;
    const numbered: NumberedEvent = { ...event, number: entry.number, time: Date.now() };
    if (event.type === 'artefact')
      entry.job = { ...entry.job, artefacts: [...entry.job.artefacts, event.file] };
    if (event.type === 'progress' || event.type === 'preview') entry.newest.set(event.type, numbered);
    else entry.writing = entry.writing.then(() => this.#append(entry, numbered));
    for (const listener of this.#listeners) listener(id, numbered);
  }

  async #append(entry: Entry, event: NumberedEvent): Promise<void> {
    const path = join(this.#folderOf(entry.job.id), 'events.jsonl');
    try {
      await appendFile(path, `${entry.isTorn ? '\n' : ''}${JSON.stringify(event)}\n`);
      entry.isTorn = false;
    } catch (error) {
      entry.isTorn = true;
      this.#options.onProblem?.(fileError(error, path, 'write').message);
    }
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw unknownJob();
    return entry;
  }

  #folderOf(id: string): string {
    return join(this.#folder, 'jobs', id);
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw fileError(error, path, 'write');
  }
}

function unknownJob(): NotThereError {
  return new NotThereError('there is no such job');
}

function newEntry(job: QueuedJob): Entry {
  return { job, number: 0, newest: new Map(), writing: Promise.resolve(), isTorn: false };
}

/**
 * Adds files made elsewhere to the folder of a studio, as the result of a finished job, so that the gallery shows them. The studio
 * does not have to run.
 * @param folder of the studio
 * @param artefact path of the file that the job made; it is copied
 */
export async function storeDoneJob(folder: string, request: QueueRequest, artefact: string): Promise<void> {
  const { job, inputs, options } = request;
  const name = `artefacts/${artefactName(request)}`;
  const now = Date.now();
  const done = {
    id: newId(),
    job,
    inputs,
    options,
    state: 'done',
    created: now,
    started: now,
    ended: now,
  } as const;
  await writeJob(resolve(folder), { ...done, artefacts: [name] }, async (making) => {
    await mkdir(join(making, 'artefacts'));
    await copyFile(artefact, join(making, name));
  });
}

/**
 * Writes the folder of a new job, whole or not at all: it gets its name when it is complete.
 * @param fill writes its other files
 */
async function writeJob(
  studio: string,
  job: QueuedJob,
  fill: (making: string) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const making = join(studio, 'jobs', `.${job.id}.tmp`);
  try {
    await mkdir(making, { recursive: true });
    await writeFileAtomic(join(making, 'job.json'), asJson(job));
    await fill(making);
    await rename(making, join(studio, 'jobs', job.id));
  } catch (error) {
    await rm(making, { recursive: true, force: true }).catch(() => undefined); // the first error is the one to report
    throw fileError(error, making, 'write');
  }
}

/** The time in milliseconds in base 36, which has nine digits until the year 5188, and 48 random bits. */
function newId(): string {
  return `${Date.now().toString(36).padStart(9, '0')}-${randomBytes(6).toString('hex')}`;
}

function asJson(job: QueuedJob): string {
  return `${JSON.stringify(job, null, 2)}\n`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The stored events. An incomplete last line from a crash is left out. */
async function readEvents(folder: string): Promise<NumberedEvent[]> {
  const text = await readFile(join(folder, 'events.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .map(parsed)
    .filter(
      (event): event is NumberedEvent => typeof event === 'object' && event !== null && 'number' in event,
    );
}

// A process that runs one job of the studio: a crash, a kill or a lack of memory ends only this job.
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { NotDownloadedError } from '../../data/index.ts';
import { writeFileAtomic } from '../../files/atomic-file.ts';
import { fileError } from '../../files/file-error.ts';
import { encodePicture, writePicture } from '../../image/index.ts';
import { jobNamed, Words, wordsOf, type JobEvent, type TrainingEstimate } from '../../jobs/public.ts';
import type { Figures, StoredEvent } from './job-queue.ts';
import { storedWords } from './stored-words.ts';
import type { FromWorker, ToWorker, WorkerOrder } from './worker-messages.ts';

/** JPEG quality of previews: people see them only for a moment. */
const PREVIEW_QUALITY = 80;

const stop = new AbortController();

process.on('message', (message: ToWorker) => {
  if (message.type === 'cancel') stop.abort();
  else void run(message);
});
process.on('disconnect', () => stop.abort()); // the studio has ended: save, then end
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

async function run(order: WorkerOrder): Promise<void> {
  let ended: FromWorker;
  try {
    ended =
      order.type === 'run'
        ? { type: 'end', reason: await work(order) }
        : { type: 'estimate', estimate: await estimate(order) };
  } catch (error) {
    ended = {
      type: 'error',
      error: storedWords(error instanceof Error ? wordsOf(error) : String(error)),
      ...(error instanceof NotDownloadedError && { code: 'not-downloaded' }),
    };
  }
  await send(ended);
  process.exit(0);
}

async function work({
  job: name,
  request,
  folder,
  previewEvery,
  dataDir,
  offline,
}: Extract<ToWorker, { type: 'run' }>): Promise<'finished' | 'aborted'> {
  const job = await jobNamed(name);
  const pictures = new EventPictures(folder);
  const context = { signal: stop.signal, preview: { every: previewEvery }, dataDir, offline };
  let reason: 'finished' | 'aborted' = stop.signal.aborted ? 'aborted' : 'finished';
  for await (const event of job.run(request, context)) {
    if (event.type === 'done') reason = event.reason;
    else await send({ type: 'event', event: await storeEvent(event, pictures, folder) });
  }
  return reason;
}

async function estimate({
  job,
  inputs,
  options,
  run: output,
  dataDir,
}: Extract<ToWorker, { type: 'estimate' }>): Promise<TrainingEstimate> {
  const request = { inputs, options, output };
  return (await jobNamed(job)).estimate!(request, { signal: stop.signal, dataDir, offline: true });
}

async function storeEvent(
  event: Exclude<JobEvent, { type: 'done' }>,
  pictures: EventPictures,
  folder: string,
): Promise<StoredEvent> {
  switch (event.type) {
    case 'progress':
    case 'metric':
      return event;
    case 'sample':
      return {
        type: 'sample',
        data: storedData(event.data),
        text: event.text,
        pictures: await pictures.writeSample(event.pictures ?? {}),
      };
    case 'preview':
      return { type: 'preview', file: await pictures.writePreview(event.picture) };
    case 'note':
    case 'warning':
      return { type: event.type, words: storedWords(event.words) };
    case 'artefact':
      return { type: 'artefact', file: relative(folder, event.path) };
  }
}

/** Sentences among the figures are kept like those of notes. */
function storedData(data: Figures): Figures {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, value instanceof Words ? storedWords(value) : value]),
  );
}

type Pictures = NonNullable<Extract<JobEvent, { type: 'sample' }>['pictures']>;

/** Writes the pictures of events into the folder of the job. */
class EventPictures {
  readonly #folder: string;
  #samples = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The newest preview replaces the last. */
  async writePreview(picture: Pictures[string]): Promise<string> {
    await writeFileAtomic(
      join(this.#folder, 'preview.jpg'),
      await encodePicture(picture, 'jpeg', { quality: PREVIEW_QUALITY }),
    );
    return 'preview.jpg';
  }

  async writeSample(pictures: Pictures): Promise<Record<string, string>> {
    this.#samples += 1;
    const files: Record<string, string> = {};
    for (const [shows, picture] of Object.entries(pictures)) {
      const folder = join(this.#folder, 'samples');
      await mkdir(folder, { recursive: true }).catch((error: unknown) => {
        throw fileError(error, folder, 'write');
      });
      const file = join(
        'samples',
        `${String(this.#samples).padStart(5, '0')}-${Object.keys(files).length}.png`,
      );
      await writePicture(join(this.#folder, file), picture);
      files[shows] = file;
    }
    return files;
  }
}

function send(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) resolve();
    else process.send?.(message, () => resolve());
  });
}

import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';
import { webpThumbnail } from '../../image/index.ts';
import { jobNamed, jobs, wordsOf } from '../../jobs/public.ts';
import { readMetrics } from '../../runs/index.ts';
import { isPretrained, previewOfRun, stemOfRun } from '../../runs/pretrained-runs.ts';
import { systemNamed } from '../../systems.ts';
import type { PageFile } from '../page-files.ts';
import type { Estimates } from '../queue/estimates.ts';
import { ARTEFACT_FORMATS, NotThereError, type StoredWords } from '../queue/job-queue.ts';
import { storedWords } from '../queue/stored-words.ts';
import {
  conceptRequest,
  keptConcepts,
  learnedConcepts,
  learnFromMap,
  type LearnedConcept,
} from '../models/concepts.ts';
import { collectionRequest } from './collections.ts';
import { contactSheet } from './contact-sheet.ts';
import { allEvents, jobEvents } from './event-streams.ts';
import { ExportedModels, STYLE_SIZES } from '../models/exported-models.ts';
import { newFolder, writeSite } from '../publish/publish.ts';
import { siteFiles, siteOptions } from '../publish/site.ts';
import { guard, type GuardOptions } from './guard.ts';
import {
  examples,
  existingFile,
  inputReferences,
  knownDataset,
  resolveInputs,
  type InputPlaces,
} from './job-inputs.ts';
import { LatentMaps, type MapOptions } from '../models/latent-map.ts';
import { modelFacts } from '../models/model-facts.ts';
import { runtimeFile } from '../models/runtime-files.ts';
import { trainingClock } from './training-clock.ts';
import { trainingCurves } from './training-curves.ts';
import { MAX_UPLOAD_BYTES } from './uploads.ts';

/** The parts that the routes use. */
export interface AppOptions extends InputPlaces {
  readonly guard: GuardOptions;
  /** Says what jobs will need. */
  readonly estimates: Estimates;
  /** Called with an error that is a bug of the studio. */
  readonly onError?: ((error: Error) => void) | undefined;
  /** Where to find the data sets of runs. */
  readonly datasets?: MapOptions | undefined;
  /** Where concepts are kept that are learned on a map: a folder for each run. */
  readonly conceptsFolder: string;
  /** The folder of what was deleted. */
  readonly trash: string;
  /** The folder for published pages, with a folder for each. */
  readonly sitesFolder: string;
  /** The built page: files by their path, `index.html` for `/`. */
  readonly page: ReadonlyMap<string, PageFile>;
}

/** The description of a job for a form. */
export interface JobForm {
  readonly name: string;
  /** Its purpose, in a sentence. */
  readonly about: string;
  /** JSON Schema of its input files, runs and data sets. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** JSON Schema of its options: defaults, ranges, help. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Most bytes of a request without an upload. */
const MAX_REQUEST_BYTES = 2 ** 20;

/** Content types of job files. All other files are downloads: a file of a job is never a page. */
const TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.avif': 'image/avif',
  '.mp4': 'video/mp4',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

const jobRequest = z.strictObject({
  job: z.string().max(100),
  inputs: inputReferences.default({}),
  options: z.record(z.string(), z.unknown()).default({}),
  run: z.string().max(80).optional().describe('the run that a training begins or continues'),
  format: z.enum(ARTEFACT_FORMATS).optional().describe('the kind of file, where a job can make several'),
});

const estimateRequest = jobRequest.pick({ job: true, inputs: true, options: true });

/** The routes of the studio. The page's client uses their types. */
export function studioApp({
  guard: guarded,
  estimates,
  page,
  onError,
  datasets,
  sitesFolder,
  conceptsFolder,
  trash,
  ...places
}: AppOptions) {
  const { queue, runs, uploads, collections } = places;
  const models = new ExportedModels();
  const maps = new LatentMaps(datasets);
  const conceptsOf = async (name: string): Promise<LearnedConcept[]> => [
    ...(await learnedConcepts(queue, await runs.pathOf(name))),
    ...(await keptConcepts(join(conceptsFolder, name))),
  ];
  const app = new Hono();
  app.use(guard(guarded));
  app.use('/api/uploads', bodyLimit({ maxSize: MAX_UPLOAD_BYTES, onError: tooLarge }));
  for (const files of ['/api/collections/:id/pictures', '/api/collections/:id/text'])
    app.use(files, bodyLimit({ maxSize: MAX_UPLOAD_BYTES, onError: tooLarge }));
  app.use('/api/collections', bodyLimit({ maxSize: MAX_REQUEST_BYTES, onError: tooLarge }));
  app.use('/api/runs/*', bodyLimit({ maxSize: MAX_REQUEST_BYTES, onError: tooLarge }));
  app.use('/api/estimates', bodyLimit({ maxSize: MAX_REQUEST_BYTES, onError: tooLarge }));
  app.use('/api/jobs', bodyLimit({ maxSize: MAX_REQUEST_BYTES, onError: tooLarge }));
  app.onError((error, context) => answerError(error, context, onError));
  app.notFound((context) => context.json({ error: ['there is no such page'] }, 404));

  const routes = app
    .get('/api/definitions', async (context) => context.json(await definitions()))
    .get('/api/examples', (context) =>
      context.json(Object.entries(examples).map(([name, { title }]) => ({ name, title }))),
    )
    .get('/api/examples/:name', async (context) => {
      const name = context.req.param('name');
      if (!Object.hasOwn(examples, name)) throw new HTTPException(404);
      return picture(context, await examples[name as keyof typeof examples].load(), `${name}.jpg`, KEPT);
    })
    .get('/api/jobs', (context) => context.json(queue.list()))
    .post('/api/jobs', async (context) => {
      const { job, inputs, options, run, format } = jobRequest.parse(await context.req.json());
      const folder = run === undefined ? undefined : runs.place(run);
      return context.json(
        await queue.add({ job, inputs: await resolveInputs(inputs, places), options, run: folder, format }),
        201,
      );
    })
    .post('/api/estimates', async (context) => {
      const { job, inputs, options } = estimateRequest.parse(await context.req.json());
      const request = { job, inputs: await resolveInputs(inputs, places), options };
      return context.json(await estimates.of(request, context.req.raw.signal));
    })
    .get('/api/jobs/:id', (context) => context.json(queue.get(context.req.param('id'))))
    .delete('/api/jobs/:id', async (context) => {
      await queue.remove(context.req.param('id'));
      return context.json({ removed: true });
    })
    .post('/api/jobs/:id/cancel', async (context) =>
      context.json(await queue.cancel(context.req.param('id'))),
    )
    .post('/api/jobs/:id/restore', async (context) =>
      context.json(await queue.restore(context.req.param('id'))),
    )
    .get('/api/jobs/:id/events', (context) => jobEvents(context, queue, context.req.param('id')))
    .get('/api/jobs/:id/files/:file{.+}', async (context) => {
      const { id, file } = context.req.param();
      const path = await existingFile(queue, id, file);
      // A file can change before the end: the preview does, and files of a run do.
      const isFinal = queue.get(id).state === 'done' && file.startsWith('artefacts/');
      return picture(context, new Uint8Array(await readFile(path)), path, isFinal ? KEPT : {});
    })
    .get('/api/events', (context) => allEvents(context, queue))
    .get('/api/uploads', async (context) => context.json(await uploads.list()))
    .post('/api/uploads', async (context) => {
      const name = decodeURIComponent(context.req.header('x-file-name') ?? 'picture');
      return context.json(await uploads.add(new Uint8Array(await context.req.arrayBuffer()), name), 201);
    })
    .get('/api/uploads/:id', async (context) => {
      const path = await uploads.pathOf(context.req.param('id'));
      return picture(context, new Uint8Array(await readFile(path)), path, KEPT);
    })
    .get('/api/collections', async (context) => context.json(await collections.list()))
    .post('/api/collections', async (context) =>
      context.json(await collections.add(collectionRequest.parse(await context.req.json())), 201),
    )
    .post('/api/collections/:id/pictures', async (context) => {
      const bytes = new Uint8Array(await context.req.arrayBuffer());
      const [name = 'picture', label] = ['x-file-name', 'x-class'].map((header) => {
        const value = context.req.header(header);
        return value === undefined ? undefined : decodeURIComponent(value);
      });
      return context.json(await collections.addPicture(context.req.param('id'), bytes, name, label), 201);
    })
    .post('/api/collections/:id/text', async (context) =>
      context.json(
        await collections.setText(context.req.param('id'), new Uint8Array(await context.req.arrayBuffer())),
        201,
      ),
    )
    .delete('/api/collections/:id', async (context) => {
      await collections.remove(context.req.param('id'), trash);
      return context.json({ removed: true });
    })
    .get('/api/collections/:id/sheet', async (context) =>
      context.json(await contactSheet(await collections.pathOf(context.req.param('id')), datasets ?? {})),
    )
    .get('/api/datasets/:name/sheet', async (context) =>
      context.json(await contactSheet(knownDataset(context.req.param('name')), datasets ?? {})),
    )
    .get('/api/runs', async (context) =>
      context.json(
        (await runs.list()).map(({ name, run: { system, createdAt, options } }) => ({
          name,
          system,
          created: createdAt,
          options,
          isPretrained: isPretrained(name),
        })),
      ),
    )
    .get('/api/runs/:name', async (context) => {
      const run = await runs.open(context.req.param('name'));
      const system = systemNamed(run.system);
      const metrics = await readMetrics(run);
      return context.json({
        name: context.req.param('name'),
        system: run.system,
        options: run.options,
        described: system?.describe(run) ?? [],
        losses: system?.losses(metrics) ?? {},
      });
    })
    .get('/api/runs/:name/preview', async (context) => {
      const file = previewOfRun(context.req.param('name'));
      if (file === undefined) throw new HTTPException(404);
      return picture(context, new Uint8Array(await readFile(file)), file, KEPT);
    })
    .get('/api/runs/:name/curves', async (context) =>
      context.json(trainingCurves(await readMetrics(await runs.open(context.req.param('name'))))),
    )
    .get('/api/runs/:name/clock', async (context) =>
      context.json(await trainingClock(queue, await runs.pathOf(context.req.param('name')))),
    )
    .get('/api/runs/:name/model', async (context) =>
      context.json(await modelFacts(await runs.open(context.req.param('name')))),
    )
    .get('/api/runs/:name/onnx/:part', async (context) => {
      const run = await runs.open(context.req.param('name'));
      const size = Number(context.req.query('size') ?? 256);
      if (!STYLE_SIZES.some((known) => known === size))
        throw new InputError(
          `size: ${context.req.query('size') ?? ''} was given; choose one of ${STYLE_SIZES.join(', ')}`,
        );
      const { bytes, tag } = await models.part(run, context.req.param('part'), size);
      return tagged(context, `${tag}-${size}`, bytes, 'application/octet-stream');
    })
    .get('/api/runs/:name/points', async (context) =>
      context.json((await maps.of(await runs.open(context.req.param('name')))).map),
    )
    .get('/api/runs/:name/points/sheet', async (context) => {
      const { map, sheet } = await maps.of(await runs.open(context.req.param('name')));
      return tagged(context, map.tag, sheet, 'image/webp');
    })
    .get('/api/runs/:name/concepts', async (context) =>
      context.json(await conceptsOf(context.req.param('name'))),
    )
    .post('/api/runs/:name/concepts', async (context) => {
      const name = context.req.param('name');
      const { map } = await maps.of(await runs.open(name));
      const asked = conceptRequest.parse(await context.req.json());
      return context.json(await learnFromMap(map, asked, join(conceptsFolder, name)), 201);
    })
    .post('/api/runs/:name/publish', async (context) => {
      const name = context.req.param('name');
      const run = await runs.open(name);
      const options = siteOptions.parse(await context.req.json());
      const concepts = await conceptsOf(name);
      const files = await siteFiles(run, options, { page, models, maps, concepts });
      return context.json(await writeSite(files, newFolder(join(sitesFolder, stemOfRun(name)))), 201);
    })
    .get('/ort/:file', async (context) => {
      const { bytes, type } = await runtimeFile(context.req.param('file'), page);
      return context.body(bytes, 200, { 'Content-Type': type, 'Cache-Control': 'max-age=86400' });
    });

  for (const [path, { bytes, type }] of page) {
    const headers = {
      'Content-Type': type,
      'Cache-Control': path.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-cache',
    };
    app.get(path, (context) => context.body(bytes, 200, headers));
    if (path === '/index.html')
      for (const shown of ['/', '/go/*']) app.get(shown, (context) => context.body(bytes, 200, headers));
  }
  return routes;
}

/** The routes, for the page's client. */
export type StudioApp = ReturnType<typeof studioApp>;

/** All jobs for forms: the schemas of their inputs and options. */
async function definitions(): Promise<JobForm[]> {
  const shown = Object.keys(jobs).map(async (name) => {
    const { about, inputs, options } = await jobNamed(name);
    return { name, about, inputs: asJsonSchema(inputs), options: asJsonSchema(options) };
  });
  return Promise.all(shown);
}

function asJsonSchema(schema: z.ZodObject): JobForm['options'] {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}

/** Headers of a picture that never changes: browsers cache it for a day, so a gallery scrolls without new requests. */
const KEPT = { 'Cache-Control': 'private, max-age=86400' };

/** Answers with a file; with `?size=`, with a smaller version as WebP. */
async function picture(
  context: Context,
  bytes: Uint8Array,
  name: string,
  kept: Readonly<Record<string, string>>,
): Promise<Response> {
  const size = Number(context.req.query('size') ?? 0);
  if (Number.isInteger(size) && size >= 16 && size <= 2048) {
    return context.body(new Uint8Array(await webpThumbnail(bytes, name, size)), 200, {
      'Content-Type': 'image/webp',
      ...kept,
    });
  }
  const type = TYPES[extname(name).toLowerCase()];
  const headers =
    type === undefined
      ? { 'Content-Type': 'application/octet-stream', 'Content-Disposition': 'attachment' }
      : { 'Content-Type': type };
  return context.body(new Uint8Array(bytes), 200, { ...headers, ...kept });
}

/** Answers with bytes that change with a tag; a browser with the same tag gets no bytes again. */
function tagged(context: Context, tag: string, bytes: Uint8Array<ArrayBuffer>, type: string): Response {
  const headers = { ETag: `"${tag}"`, 'Cache-Control': 'no-cache' };
  if (context.req.header('if-none-match') === headers.ETag) return context.body(null, 304, headers);
  return context.body(bytes, 200, { ...headers, 'Content-Type': type });
}

function tooLarge(context: Context): Response {
  return context.json({ error: ['the request is larger than the studio takes'] }, 413);
}

/** Errors for the page: a sentence with the names of options as data. */
function answerError(error: Error, context: Context, onError: AppOptions['onError']): Response {
  if (error instanceof HTTPException)
    return context.json(
      { error: [error.status === 404 ? 'there is no such page' : error.message] },
      error.status,
    );
  if (error instanceof z.ZodError || error instanceof SyntaxError || error instanceof URIError)
    return context.json({ error: ['the request is not one of the studio'] }, 400);
  if (error instanceof InputError)
    return context.json({ error: errorWords(error) }, error instanceof NotThereError ? 404 : 400);
  onError?.(error);
  return context.json({ error: ['the studio failed; its terminal shows why'] }, 500);
}

function errorWords(error: Error): StoredWords {
  return storedWords(wordsOf(error));
}

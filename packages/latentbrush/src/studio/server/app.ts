import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { PageFile } from '../page-files.ts';
import type { Estimates } from '../queue/estimates.ts';
import { runtimeFile } from '../models/runtime-files.ts';
import { answerError, tooLarge } from './answers.ts';
import { contactSheet } from './contact-sheet.ts';
import { allEvents } from './event-streams.ts';
import { guard, type GuardOptions } from './guard.ts';
import { jobForms } from './job-forms.ts';
import { knownDataset, resolveInputs, type InputPlaces } from './job-inputs.ts';
import { collectionRoutes } from './routes/collections.ts';
import { jobRequest, jobRoutes } from './routes/jobs.ts';
import { modelRoutes, type ModelPlaces } from './routes/models.ts';
import { exampleRoutes, uploadRoutes } from './routes/pictures.ts';
import { runRoutes } from './routes/runs.ts';
import { siteRoutes } from './routes/sites.ts';
import { ServedSites } from './served-sites.ts';
import { MAX_UPLOAD_BYTES } from './uploads.ts';

/** The parts that the routes use. */
export interface AppOptions extends InputPlaces, Omit<ModelPlaces, 'sites'> {
  readonly guard: GuardOptions;
  /** Says what jobs will need. */
  readonly estimates: Estimates;
  /** Called with an error that is a bug of the studio. */
  readonly onError?: ((error: Error) => void) | undefined;
  /** The folder for deleted things. */
  readonly trash: string;
  /** The built page: files by their path, `index.html` for `/`. */
  readonly page: ReadonlyMap<string, PageFile>;
}

/** Maximum number of bytes of a request without an upload. */
const MAX_REQUEST_BYTES = 2 ** 20;

const UPLOADS = ['/api/uploads', '/api/collections/:id/pictures', '/api/collections/:id/text'];
const REQUESTS = ['/api/collections', '/api/runs/*', '/api/estimates', '/api/jobs'];

const estimateRequest = jobRequest.pick({ job: true, inputs: true, options: true, run: true });

/** The routes of the studio. The page's client uses their types. */
export function studioApp(options: AppOptions) {
  const { guard: guarded, estimates, page, onError, datasets, queue, collections, trash } = options;
  const sites = new ServedSites();
  const app = new Hono();
  app.use(guard(guarded));
  for (const path of UPLOADS) app.use(path, bodyLimit({ maxSize: MAX_UPLOAD_BYTES, onError: tooLarge }));
  for (const path of REQUESTS) app.use(path, bodyLimit({ maxSize: MAX_REQUEST_BYTES, onError: tooLarge }));
  app.onError((error, context) => answerError(error, context, onError));
  app.notFound((context) => context.json({ error: ['there is no such page'] }, 404));

  const routes = app
    .get('/api/definitions', async (context) => context.json(await jobForms()))
    .route('/api/examples', exampleRoutes())
    .route('/api/jobs', jobRoutes(options))
    .post('/api/estimates', async (context) => {
      const { job, inputs, options: asked, run } = estimateRequest.parse(await context.req.json());
      const request = {
        job,
        inputs: await resolveInputs(inputs, options),
        options: asked,
        ...(run !== undefined && { run: await options.runs.placeFor(job, run) }),
      };
      return context.json(await estimates.of(request, context.req.raw.signal));
    })
    .get('/api/events', (context) => allEvents(context, queue))
    .route('/api/uploads', uploadRoutes(options))
    .route('/api/collections', collectionRoutes(collections, trash, datasets))
    .get('/api/datasets/:name/sheet', async (context) =>
      context.json(await contactSheet(knownDataset(context.req.param('name')), datasets ?? {})),
    )
    .route('/api/runs', runRoutes(options))
    .route('/api/runs', modelRoutes({ ...options, sites }))
    .route('/sites', siteRoutes(sites))
    .get('/ort/:file', async (context) => {
      const { bytes, type } = await runtimeFile(context.req.param('file'), page);
      return context.body(bytes, 200, { 'Content-Type': type, 'Cache-Control': 'max-age=86400' });
    });
  servePage(app, page);
  return routes;
}

/** The routes, for the page's client. */
export type StudioApp = ReturnType<typeof studioApp>;

/** Serves the built page; its places (`/go/dream`) are all the same file. */
function servePage(app: Hono, page: AppOptions['page']): void {
  for (const [path, { bytes, type }] of page) {
    const headers = {
      'Content-Type': type,
      'Cache-Control': path.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-cache',
    };
    app.get(path, (context) => context.body(bytes, 200, headers));
    if (path === '/index.html')
      for (const shown of ['/', '/go/*']) app.get(shown, (context) => context.body(bytes, 200, headers));
  }
}

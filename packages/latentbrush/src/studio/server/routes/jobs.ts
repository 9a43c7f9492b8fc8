import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';
import { z } from 'zod';
import { ARTEFACT_FORMATS } from '../../queue/job-queue.ts';
import { KEPT, picture } from '../answers.ts';
import { jobEvents } from '../event-streams.ts';
import { existingFile, inputReferences, resolveInputs, type InputPlaces } from '../job-inputs.ts';

/** A job that a page asks for. */
export const jobRequest = z.strictObject({
  job: z.string().max(100),
  inputs: inputReferences.default({}),
  options: z.record(z.string(), z.unknown()).default({}),
  run: z.string().max(80).optional().describe('the run that a training begins or continues'),
  format: z.enum(ARTEFACT_FORMATS).optional().describe('the kind of file, where a job can make several'),
});

/** Jobs: adding, watching, ending, and their files. */
export function jobRoutes(places: InputPlaces) {
  const { queue, runs } = places;
  return new Hono()
    .get('/', (context) => context.json(queue.list()))
    .post('/', async (context) => {
      const { job, inputs, options, run, format } = jobRequest.parse(await context.req.json());
      const folder = run === undefined ? undefined : await runs.placeFor(job, run);
      return context.json(
        await queue.add({ job, inputs: await resolveInputs(inputs, places), options, run: folder, format }),
        201,
      );
    })
    .get('/:id', (context) => context.json(queue.get(context.req.param('id'))))
    .delete('/:id', async (context) => {
      await queue.remove(context.req.param('id'));
      return context.json({ removed: true });
    })
    .post('/:id/cancel', async (context) => context.json(await queue.cancel(context.req.param('id'))))
    .post('/:id/restore', async (context) => context.json(await queue.restore(context.req.param('id'))))
    .get('/:id/events', (context) => jobEvents(context, queue, context.req.param('id')))
    .get('/:id/files/:file{.+}', async (context) => {
      const { id, file } = context.req.param();
      const path = await existingFile(queue, id, file);
      // A file can change before the end: the preview does, and files of a run do.
      const isFinal = queue.get(id).state === 'done' && file.startsWith('artefacts/');
      return picture(context, new Uint8Array(await readFile(path)), path, isFinal ? KEPT : {});
    });
}

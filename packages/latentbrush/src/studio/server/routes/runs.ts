import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { readThinnedMetrics } from '../../../runs/metrics.ts';
import { isPretrained, previewOfRun } from '../../../runs/pretrained-runs.ts';
import { systemNamed } from '../../../systems.ts';
import { KEPT, picture } from '../answers.ts';
import type { InputPlaces } from '../job-inputs.ts';
import { trainingClock } from '../training-clock.ts';
import { trainingCurves } from '../training-curves.ts';

/** Runs: what they are, and how their trainings developed. */
export function runRoutes({ runs, queue }: Pick<InputPlaces, 'runs' | 'queue'>) {
  return new Hono()
    .get('/', async (context) =>
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
    .get('/:name', async (context) => {
      const run = await runs.open(context.req.param('name'));
      const system = systemNamed(run.system);
      const metrics = await readThinnedMetrics(run);
      return context.json({
        name: context.req.param('name'),
        system: run.system,
        options: run.options,
        described: system?.describe(run) ?? [],
        losses: system?.losses(metrics) ?? {},
      });
    })
    .get('/:name/preview', async (context) => {
      const file = previewOfRun(context.req.param('name'));
      if (file === undefined) throw new HTTPException(404);
      return picture(context, new Uint8Array(await readFile(file)), file, KEPT);
    })
    .get('/:name/curves', async (context) =>
      context.json(trainingCurves(await readThinnedMetrics(await runs.open(context.req.param('name'))))),
    )
    .get('/:name/clock', async (context) =>
      context.json(await trainingClock(queue, await runs.pathOf(context.req.param('name')))),
    );
}

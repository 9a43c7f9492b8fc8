import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { Hono } from 'hono';
import { stemOfRun } from '../../../runs/pretrained-runs.ts';
import {
  conceptRequest,
  keptConcepts,
  learnedConcepts,
  learnFromMap,
  type LearnedConcept,
} from '../../models/concepts.ts';
import { ExportedModels, STYLE_SIZES } from '../../models/exported-models.ts';
import { LatentMaps, type MapOptions } from '../../models/latent-map.ts';
import { modelFacts } from '../../models/model-facts.ts';
import type { PageFile } from '../../page-files.ts';
import { newFolder, writeSite } from '../../publish/publish.ts';
import { siteFiles, siteOptions } from '../../publish/site.ts';
import { tagged } from '../answers.ts';
import type { InputPlaces } from '../job-inputs.ts';
import type { ServedSites } from '../served-sites.ts';

/** The places of models, concepts and published pages. */
export interface ModelPlaces extends Pick<InputPlaces, 'runs' | 'queue'> {
  /** Where to find the data sets of runs. */
  readonly datasets?: MapOptions | undefined;
  /** Where concepts are kept that are learned on a map: a folder for each run. */
  readonly conceptsFolder: string;
  /** The folder for published pages, with a folder for each. */
  readonly sitesFolder: string;
  /** Published pages that can be opened from the studio. */
  readonly sites: ServedSites;
  /** The built page, for published pages. */
  readonly page: ReadonlyMap<string, PageFile>;
}

/** The models of runs for use in a page: networks, points of their pictures, concepts, published pages. */
export function modelRoutes({
  runs,
  queue,
  datasets,
  conceptsFolder,
  sitesFolder,
  sites,
  page,
}: ModelPlaces) {
  const models = new ExportedModels();
  const maps = new LatentMaps(datasets);
  const conceptsOf = async (name: string): Promise<LearnedConcept[]> => [
    ...(await learnedConcepts(queue, await runs.pathOf(name))),
    ...(await keptConcepts(join(conceptsFolder, name))),
  ];
  return new Hono()
    .get('/:name/model', async (context) =>
      context.json(await modelFacts(await runs.open(context.req.param('name')))),
    )
    .get('/:name/onnx/:part', async (context) => {
      const run = await runs.open(context.req.param('name'));
      const size = Number(context.req.query('size') ?? 256);
      if (!STYLE_SIZES.some((known) => known === size))
        throw new InputError(
          `size: ${context.req.query('size') ?? ''} was given; choose one of ${STYLE_SIZES.join(', ')}`,
        );
      const { bytes, tag } = await models.part(run, context.req.param('part'), size);
      return tagged(context, `${tag}-${size}`, bytes, 'application/octet-stream');
    })
    .get('/:name/points', async (context) =>
      context.json((await maps.of(await runs.open(context.req.param('name')))).map),
    )
    .get('/:name/points/sheet', async (context) => {
      const { map, sheet } = await maps.of(await runs.open(context.req.param('name')));
      return tagged(context, map.tag, sheet, 'image/webp');
    })
    .get('/:name/concepts', async (context) => context.json(await conceptsOf(context.req.param('name'))))
    .post('/:name/concepts', async (context) => {
      const name = context.req.param('name');
      const { map } = await maps.of(await runs.open(name));
      const asked = conceptRequest.parse(await context.req.json());
      return context.json(await learnFromMap(map, asked, join(conceptsFolder, name)), 201);
    })
    .post('/:name/publish', async (context) => {
      const name = context.req.param('name');
      const run = await runs.open(name);
      const options = siteOptions.parse(await context.req.json());
      const concepts = await conceptsOf(name);
      const files = await siteFiles(run, options, { page, models, maps, concepts });
      const published = await writeSite(files, newFolder(join(sitesFolder, stemOfRun(name))));
      const address = await sites.add(
        published.folder,
        files.map(({ path }) => path),
      );
      return context.json({ ...published, address }, 201);
    });
}

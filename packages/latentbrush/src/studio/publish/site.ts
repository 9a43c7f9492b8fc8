import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { loadPhotograph, photographs } from '../../data/index.ts';
import { cropToAspect, resize, type Picture } from '../../image/index.ts';
import type { Run } from '../../runs/index.ts';
import { stemOfRun } from '../../runs/pretrained-runs.ts';
import { StylePainter } from '../../style/fast/index.ts';
import { load as loadWriter } from '../../text/index.ts';
import { version } from '../../version.ts';
import type { LearnedConcept } from '../models/concepts.ts';
import type { ExportedModels } from '../models/exported-models.ts';
import type { DrawnMap, LatentMap, LatentMaps } from '../models/latent-map.ts';
import { modelFacts, type PictureModel, type StyleModel, type TextModel } from '../models/model-facts.ts';
import { RUNTIME_FILES, runtimeFile } from '../models/runtime-files.ts';
import type { PageFile } from '../page-files.ts';
import { pictureOfSpace, pictureOfStyle, pictureOfText } from './share-picture.ts';

/** The user's texts for a published page. */
export const siteOptions = z.strictObject({
  title: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .optional()
    .describe('title of the page (default: the name of the run)'),
  about: z.string().trim().max(600).default('').describe('a sentence or two below the title'),
  licence: z
    .string()
    .trim()
    .max(300)
    .default('')
    .describe(
      'the terms of the model, such as "CC BY 4.0"; check those of the training data, of which the page contains samples',
    ),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('where the page will be; services that show a picture of a shared page need it'),
});

export type SiteOptions = z.output<typeof siteOptions>;

/** The first file that the published page reads: `data/site.json`. */
export interface PublishedSite {
  /** Of this form of the data. */
  readonly version: 1;
  /** The version of Latentbrush that made it. */
  readonly latentbrush: string;
  readonly title: string;
  readonly about: string;
  readonly licence: string;
  readonly facts: PictureModel | StyleModel | TextModel;
  /** Of a latent space. */
  readonly map?: LatentMap;
  readonly concepts: readonly LearnedConcept[];
}

/** A file of a published page. */
export interface SiteFile {
  /** From the folder of the page, with slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The inputs of a page. */
export interface SiteSources {
  /** The built page of the studio. */
  readonly page: ReadonlyMap<string, PageFile>;
  readonly models: ExportedModels;
  readonly maps: LatentMaps;
  /** Concepts of the run, for sliders. */
  readonly concepts: readonly LearnedConcept[];
}

/** The page of the build from which published pages are made. */
const TEMPLATE = '/publish.html';

/**
 * The files of a page with the model of a run in it: the explorer of a VAE or a GAN, the writer of a language model, or a style that
 * paints the pictures of a camera. They work on any
 * static host and fetch nothing from elsewhere.
 * @throws InputError when the run is of another system, has no checkpoint, or the page is not built
 */
export async function siteFiles(run: Run, options: SiteOptions, sources: SiteSources): Promise<SiteFile[]> {
  const { page, models, maps, concepts } = sources;
  const template = page.get(TEMPLATE);
  if (template === undefined)
    throw new InputError(
      'the page of the studio is not built, so nothing can be published; in a clone, call it as npm start -- publish',
    );
  const facts = await modelFacts(run);
  if (facts.system === 'other')
    throw new InputError(
      `${run.folder}: is a run of '${run.system}'; the runs that can be published are those of style, vae, gan and text`,
    );
  const drawn = facts.system === 'vae' || facts.system === 'gan' ? await maps.of(run) : undefined;
  const shared = await sharePicture(run, drawn);
  const title = options.title ?? stemOfRun(run.folder);
  const site: PublishedSite = {
    version: 1,
    latentbrush: version,
    title,
    about: options.about,
    licence: options.licence,
    facts,
    ...(drawn !== undefined && { map: drawn.map }),
    concepts: concepts.map((concept) => ({ ...concept, job: '' })), // no trace of the person's studio
  };
  const parts = facts.system === 'vae' ? ['decoder', 'encoder'] : ['model'];
  const onnx = parts.map(async (part) => ({
    path: `data/${part}.onnx`,
    bytes: (await models.part(run, part)).bytes,
  }));
  const runtime = RUNTIME_FILES.map(async (name) => ({
    path: `ort/${name}`,
    bytes: (await runtimeFile(name, page)).bytes,
  }));
  const html = withHead(
    new TextDecoder().decode(template.bytes),
    { ...options, title },
    shared !== undefined,
  );
  return [
    { path: 'index.html', bytes: utf8(html) },
    { path: 'data/site.json', bytes: utf8(JSON.stringify(site)) },
    ...(facts.system === 'style' ? [{ path: 'data/example.jpg', bytes: await photographs.cat.load() }] : []),
    ...(drawn === undefined ? [] : [{ path: 'data/sheet.webp', bytes: drawn.sheet }]),
    ...(shared === undefined ? [] : [{ path: 'preview.jpg', bytes: shared }]),
    ...(await Promise.all([...onnx, ...runtime])),
    ...pageFiles(page),
    { path: 'NOTICE.txt', bytes: utf8(notice(title, options.licence)) },
  ];
}

/** A picture for sharing; undefined if a text has letters that we cannot draw. */
async function sharePicture(run: Run, drawn: DrawnMap | undefined): Promise<Uint8Array | undefined> {
  if (drawn !== undefined) return pictureOfSpace(drawn);
  return run.system === 'text' ? pictureOfText(await sampleOf(run)) : pictureOfStyle(await paintedCat(run));
}

async function paintedCat(run: Run): Promise<Picture> {
  const painter = await StylePainter.load(run.folder);
  try {
    const cat = cropToAspect(await loadPhotograph('cat'), 1200 / 630);
    return await painter.paint(resize(cat, { height: 420, width: 800 }));
  } finally {
    await painter.release();
  }
}

/** The longest text on a picture for sharing, in tokens. */
const SAMPLE_LENGTH = 280;

async function sampleOf(run: Run): Promise<string> {
  const writer = await loadWriter(run.folder);
  try {
    return await writer.write({ length: SAMPLE_LENGTH, temperature: 0.5, seed: 1 });
  } finally {
    await writer.release();
  }
}

/** The files that the template loads, directly or indirectly, from the build's list. */
function pageFiles(page: ReadonlyMap<string, PageFile>): SiteFile[] {
  const manifest = page.get('/manifest.json');
  if (manifest === undefined) throw new Error('the built page has no manifest.json');
  const chunks = chunkList.parse(JSON.parse(new TextDecoder().decode(manifest.bytes)));
  const paths = new Set(['icon.svg', 'licences.md', 'opened-as-file.js']);
  const seen = new Set<string>();
  const add = (name: string): void => {
    const chunk = chunks[name];
    if (chunk === undefined || seen.has(name)) return;
    seen.add(name);
    for (const path of [chunk.file, ...chunk.css, ...chunk.assets]) paths.add(path);
    for (const other of [...chunk.imports, ...chunk.dynamicImports]) add(other);
  };
  add(TEMPLATE.slice(1));
  for (const path of page.keys())
    if (/^\/assets\/(?:umap-)?worker-[\w-]+\.js$/.test(path)) paths.add(path.slice(1)); // no list names it
  return [...paths].flatMap((path) => {
    const file = page.get(`/${path}`);
    return file === undefined || path.endsWith('.html') ? [] : [{ path, bytes: file.bytes }];
  });
}

const paths = z.array(z.string()).default([]);
const chunkList = z.record(
  z.string(),
  z.object({ file: z.string(), imports: paths, dynamicImports: paths, css: paths, assets: paths }),
);

/** The template with the title of the page, and the metadata for services that show a shared page. */
function withHead(
  html: string,
  { title, about, url }: SiteOptions & { title: string },
  hasPicture: boolean,
): string {
  const address = (path: string): string => (url === undefined ? path : new URL(path, url).href);
  const properties = {
    'og:type': 'website',
    'og:title': title,
    ...(about !== '' && { 'og:description': about }),
    ...(url !== undefined && { 'og:url': url }),
    ...(hasPicture && { 'og:image': address('preview.jpg') }),
  };
  const tags = Object.entries(properties).map(
    ([property, content]) => `<meta property="${property}" content="${escaped(content)}" />`,
  );
  if (about !== '') tags.push(`<meta name="description" content="${escaped(about)}" />`);
  if (hasPicture) tags.push('<meta name="twitter:card" content="summary_large_image" />');
  return html.replace(/<title>.*<\/title>/s, () =>
    [`<title>${escaped(title)}</title>`, ...tags].join('\n    '),
  );
}

function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => names[character]!);
}

function notice(title: string, licence: string): string {
  return `${title}

The model in data/: ${licence === '' ? 'its author has not stated its terms of use.' : licence}
The page, made with Latentbrush ${version}: MIT. The programs in it and their terms: licences.md.
ort/: ONNX Runtime by Microsoft, MIT.
`;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

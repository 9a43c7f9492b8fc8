import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../../files/atomic-file.ts';
import { checkEmptyFolder } from '../../jobs/target-file.ts';
import { readConcept } from '../../latent/index.ts';
import { parseOptions } from '../../options.ts';
import { openRun } from '../../runs/index.ts';
import { asEntry } from '../models/concepts.ts';
import { ExportedModels } from '../models/exported-models.ts';
import { LatentMaps, type MapOptions } from '../models/latent-map.ts';
import { PAGE_FOLDER, readPage } from '../page-files.ts';
import { siteFiles, siteOptions, type SiteFile } from './site.ts';
import type { z } from 'zod';

/** Options of publishing besides the texts. */
export interface PublishOptions extends z.input<typeof siteOptions>, MapOptions {
  /** Files of concepts of the run: each becomes a slider. */
  readonly concepts?: readonly string[] | undefined;
  /** The folder of the built page (default: that of the package). */
  readonly page?: string | undefined;
}

/** The result of publishing. */
export interface Published {
  readonly folder: string;
  /** Bytes of the models, of ONNX Runtime, and of everything else. */
  readonly bytes: { readonly model: number; readonly runtime: number; readonly page: number };
}

/**
 * Writes a page with the model of a run in it into a folder: the explorer of a VAE or a GAN, the writer of a language model, or a style that
 * paints live. The page works on any static host; nothing in it comes from elsewhere.
 * @param run folder of the run
 * @param folder a new or empty folder
 * @throws InputError when the run cannot be published, or the folder contains files
 * @example
 * const { folder } = await publish('runs/faces', 'site', { title: 'Faces that nobody drew' });
 */
export async function publish(run: string, folder: string, options: PublishOptions = {}): Promise<Published> {
  const { concepts = [], page = PAGE_FOLDER, dataDir, offline, ...said } = options;
  const site = parseOptions(siteOptions, said);
  await checkEmptyFolder(folder, 'the page');
  const opened = await openRun(run);
  const read = concepts.map(async (file) => {
    return asEntry(await readConcept(file), '');
  });
  const files = await siteFiles(opened, site, {
    page: await readPage(page),
    models: new ExportedModels(),
    maps: new LatentMaps({ dataDir, offline }),
    concepts: await Promise.all(read),
  });
  return writeSite(files, folder);
}

/** Writes the files of a page; `index.html` last, so that a folder that has one is complete. */
export async function writeSite(files: readonly SiteFile[], folder: string): Promise<Published> {
  const bytes = { model: 0, runtime: 0, page: 0 };
  const last = (file: SiteFile): number => (file.path === 'index.html' ? 1 : 0);
  for (const file of files.toSorted((a, b) => last(a) - last(b))) {
    const path = join(folder, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, file.bytes);
    const kind = file.path.endsWith('.onnx') ? 'model' : file.path.startsWith('ort/') ? 'runtime' : 'page';
    bytes[kind] += file.bytes.length;
  }
  return { folder, bytes };
}

/** A path that nothing has yet: the given one, or one with a number. */
export function newFolder(path: string): string {
  let free = path;
  for (let number = 2; existsSync(free); number++) free = `${path}-${number}`;
  return free;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** @typedef {Record<string, { file: string, css?: string[], imports?: string[] }>} Manifest files of the build, by their source */

/**
 * Bytes of the code of the studio's built page, scripts and styles, each file compressed by gzip. ONNX Runtime's WebAssembly, in the folder
 * `ort`, is not counted; the part of it that is in the page's worker is.
 * @param {string} page folder of the built page
 * @returns {{ all: number, first: number }} all files; those that the browser loads to show the start page
 */
export function pageCode(page) {
  /** @param {string} file */
  const size = (file) => (/\.(js|css)$/.test(file) ? gzipSync(readFileSync(join(page, file))).length : 0);
  /** @param {Iterable<string>} files */
  const sum = (files) => [...new Set(files)].reduce((total, file) => total + size(file), 0);
  /** @type {Manifest} */
  const manifest = JSON.parse(readFileSync(join(page, 'manifest.json'), 'utf8'));
  const sources = new Set(['index.html', 'src/pages/start/start-page.tsx']);
  for (const source of sources) for (const other of manifest[source]?.imports ?? []) sources.add(other); // grows
  const first = [...sources].flatMap((source) => {
    const found = manifest[source];
    if (found === undefined) throw new Error(`${page}: its manifest.json does not name ${source}`);
    return [found.file, ...(found.css ?? [])];
  });
  return { all: sum(readdirSync(join(page, 'assets')).map((file) => `assets/${file}`)), first: sum(first) };
}

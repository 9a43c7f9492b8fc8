import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the built page. */
export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its media type. */
  readonly type: string;
}

/** The built page in this package. */
export const PAGE_FOLDER = fileURLToPath(new URL('../../studio-page', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.onnx': 'application/octet-stream',
};

/** The media type of a file of a page; undefined for files that pages do not have. */
export function mediaType(path: string): string | undefined {
  return TYPES[extname(path)];
}

/** The files of ONNX Runtime Web for a page that uses a GPU. */
export const GPU_FILES: readonly string[] = [
  'ort.jspi.min.mjs',
  'ort-wasm-simd-threaded.jspi.mjs',
  'ort-wasm-simd-threaded.jspi.wasm',
];

/**
 * Every file of the built page but those for GPUs (17 MB, and few pages want them), read once: so no path of a request ever reaches the disk.
 * @returns files by their path from the page, such as `/index.html`; none if the page is not built
 */
export async function readPage(folder = PAGE_FOLDER): Promise<Map<string, PageFile>> {
  const files = new Map<string, PageFile>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile() || GPU_FILES.includes(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const type = mediaType(entry.name);
    if (type !== undefined)
      files.set(path.slice(folder.length).replaceAll('\\', '/'), {
        bytes: new Uint8Array(await readFile(path)),
        type,
      });
  }
  return files;
}

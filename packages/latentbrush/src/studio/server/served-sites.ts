import { randomBytes } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { NotThereError } from '../queue/job-queue.ts';
import { mediaType, type PageFile } from '../page-files.ts';

/** Maximum number of pages that can be opened, the newest. */
const MOST_SITES = 50;

/** A published page that the studio serves. */
interface ServedSite {
  /** Its real path. */
  readonly folder: string;
  /** The files that were written, with slashes; no others are served. */
  readonly files: ReadonlySet<string>;
}

/**
 * Published pages that a person can open from the studio, until it ends. Each has a random id in its address, and only the files that the studio
 * wrote are served: a path of a request is looked up, and never reaches the disk.
 */
export class ServedSites {
  readonly #sites = new Map<string, ServedSite>();

  /** Serves a page that was just written. @returns its address on the studio: `/sites/ID/` */
  async add(folder: string, files: Iterable<string>): Promise<string> {
    const [oldest] = this.#sites.keys();
    if (this.#sites.size >= MOST_SITES && oldest !== undefined) this.#sites.delete(oldest);
    const id = randomBytes(16).toString('base64url');
    this.#sites.set(id, { folder: await realpath(folder), files: new Set(files) });
    return addressOf(id);
  }

  /**
   * A file of a page.
   * @param file from the folder of the page, as it was written; empty for the page itself
   * @throws NotThereError when it is not a file of such a page, was removed since, or became a link
   */
  async file(id: string, file: string): Promise<PageFile> {
    const path = file === '' ? 'index.html' : file;
    const site = this.#sites.get(id);
    const type = mediaType(path);
    try {
      if (site?.files.has(path) === true && type !== undefined) {
        const written = join(site.folder, path);
        if ((await realpath(written)) === written)
          return { bytes: new Uint8Array(await readFile(written)), type };
      }
    } catch {
      // reported below
    }
    throw new NotThereError('there is no such page');
  }
}

/** The path of a page on the studio. */
export function addressOf(id: string): string {
  return `/sites/${id}/`;
}

/**
 * The policy of a published page on the studio. The page has the studio's origin, so it may load its own files only, not the studio's: no script
 * in it can ask the studio for anything, open windows of it, or show it in a frame.
 * @param host the studio's own, as in the address: `127.0.0.1:4242`
 */
export function policyOfSite(host: string, id: string): string {
  const own = `http://${host}${addressOf(id)}`;
  return [
    'sandbox allow-scripts allow-same-origin allow-downloads',
    "default-src 'none'",
    `script-src ${own} 'wasm-unsafe-eval'`,
    `worker-src ${own} blob:`,
    `style-src ${own}`,
    `img-src ${own} blob: data:`,
    'media-src blob:',
    `font-src ${own}`,
    `connect-src ${own}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

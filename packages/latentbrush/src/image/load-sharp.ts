import type sharp from 'sharp';

/**
 * The library of codecs, loaded when the first picture is read or written: it is large, and most commands need none.
 *
 * Its cache of operations is switched off: it would keep up to 50 MB of pictures that nobody asks for again. Its number of
 * threads stays as it is: for one picture a codec gains little from a second thread, and for many at a time it loses nothing.
 */
export async function loadSharp(): Promise<typeof sharp> {
  const { default: library } = await import('sharp');
  library.cache(false);
  return library;
}

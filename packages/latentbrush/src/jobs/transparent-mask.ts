import type { DecodeOptions } from '../image/index.ts';

/**
 * The meaning of transparent parts of a mask: white in version 0.1.0, which read masks like any other picture.
 */
export type TransparentMask = 'black' | 'white';

/** How to read the masks of a job. */
export function behindMask({
  transparentMask = 'black',
}: {
  readonly transparentMask?: TransparentMask | undefined;
}): Pick<DecodeOptions, 'background'> {
  return { background: transparentMask === 'white' ? [255, 255, 255] : [0, 0, 0] };
}

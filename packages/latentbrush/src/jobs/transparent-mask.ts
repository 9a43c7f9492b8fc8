import { z } from 'zod';
import type { DecodeOptions } from '../image/index.ts';

/**
 * Of a recipe: what a transparent part of its masks counted as. Recipes of version 0.1.0 do not say: it was white then, since masks were
 * read like any other picture.
 */
export const recordedTransparentMask = z.enum(['black', 'white']).default('white');

/** What a transparent part of a mask counts as. */
export type TransparentMask = z.output<typeof recordedTransparentMask>;

/** How the masks of a job are read. */
export function behindMask({
  transparentMask = 'black',
}: {
  readonly transparentMask?: TransparentMask | undefined;
}): Pick<DecodeOptions, 'background'> {
  return { background: transparentMask === 'white' ? [255, 255, 255] : [0, 0, 0] };
}

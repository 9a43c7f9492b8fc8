import { activations } from './activations.ts';
import { convolutions } from './convolutions.ts';
import { einsum } from './einsum.ts';
import { elementwise } from './elementwise.ts';
import { losses } from './losses.ts';
import { lookups } from './lookups.ts';
import { normalizations } from './normalizations.ts';
import { pads } from './pads.ts';
import { pools } from './pools.ts';
import { quantized } from './quantized.ts';
import { recurrents } from './recurrents.ts';
import { reductions } from './reductions.ts';
import { resizes } from './resizes.ts';
import { shapes } from './shapes.ts';
import type { Translator, Translators } from './translator.ts';

/** Every translator, those of other domains by domain, colon and operator. Operators without one must be the engine's own, in its own form. */
export const translators: ReadonlyMap<string, Translator> = new Map<string, Translator>(
  Object.entries<Translator>({
    ...elementwise,
    ...activations,
    ...convolutions,
    ...einsum,
    ...pools,
    ...pads,
    ...losses,
    ...lookups,
    ...normalizations,
    ...quantized,
    ...recurrents,
    ...reductions,
    ...resizes,
    ...shapes,
  } satisfies Translators),
);

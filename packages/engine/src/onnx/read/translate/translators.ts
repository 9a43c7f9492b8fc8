import { activations } from '../operators/activations.ts';
import { casts } from '../operators/casts.ts';
import { constants } from '../operators/constants.ts';
import { convolutions } from '../operators/convolutions.ts';
import { attention } from '../operators/attention.ts';
import { products } from '../operators/products.ts';
import { elementwise } from '../operators/elementwise.ts';
import { losses } from '../operators/losses.ts';
import { lookups } from '../operators/lookups.ts';
import { normalizations } from '../operators/normalizations.ts';
import { pads } from '../operators/pads.ts';
import { pools } from '../operators/pools.ts';
import { quantized } from '../quantized/quantized.ts';
import { recurrents } from '../recurrent/recurrent-layers.ts';
import { reductions } from '../operators/reductions.ts';
import { resizes } from '../operators/resizes.ts';
import { shapes } from '../operators/shapes.ts';
import type { Translator, Translators } from '../node/translator.ts';

/** Every translator, those of other domains by domain, colon and operator. Operators without one must be the engine's own, in its own form. */
export const translators: ReadonlyMap<string, Translator> = new Map<string, Translator>(
  Object.entries<Translator>({
    ...elementwise,
    ...activations,
    ...casts,
    ...constants,
    ...convolutions,
    ...products,
    ...attention,
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

import { InputError, Random } from '@latentbrush/engine';
import type { Backbone } from '../backbones/index.ts';
import { fitWithin, type Picture } from '../image/index.ts';
import type { Contribution } from './contributions.ts';
import type { DreamInput } from './options.ts';
import { Dream } from './render.ts';

/** Pictures of an exploration are made this large: enough to choose by. */
const EXPLORED_SIZE = 320;

/** A mix of layers that was tried. */
export interface Exploration {
  /** From 1. */
  readonly index: number;
  readonly total: number;
  /** What was excited; give it as `layers` to dream it again. */
  readonly layers: readonly Contribution[];
  readonly picture: Picture;
}

/**
 * Tries random mixes of layers, as the book suggests: one to four of the layers given, coefficients 0.1 to 5, evenly on a
 * logarithmic scale.
 * @param candidates names of layers (default: the `mixed` layers, or else the last half of all)
 * @throws InputError when a layer does not exist
 */
export async function* explore(
  backbone: Backbone,
  picture: Picture,
  count: number,
  options: DreamInput = {},
  candidates: readonly string[] = interestingLayers(backbone),
  signal?: AbortSignal,
): AsyncGenerator<Exploration, void, undefined> {
  if (!Number.isInteger(count) || count < 1 || count > 200)
    throw new InputError(`--explore: ${count} is not a number of pictures; give 1 to 200`);
  const small = fitWithin(picture, EXPLORED_SIZE);
  const random = new Random(options.seed ?? 1).fork('explore');
  for (let index = 1; index <= count && signal?.aborted !== true; index++) {
    const layers = drawMix(candidates, random.fork(`mix ${index}`));
    const dream = await Dream.prepare(backbone, { ...options, layers });
    try {
      for await (const event of dream.render(small, signal)) {
        if (event.type === 'done' && event.reason === 'finished')
          yield { index, total: count, layers, picture: event.picture };
      }
    } finally {
      await dream.release();
    }
  }
}

function drawMix(candidates: readonly string[], random: Random): Contribution[] {
  const order = random.permutation(candidates.length);
  const count = Math.min(random.integer(1, 5), candidates.length);
  return Array.from({ length: count }, (_, i) => ({
    layer: candidates[order[i]!]!,
    coefficient: Number((0.1 * 50 ** random.uniform()).toPrecision(2)),
  }));
}

/** Layers that make good dreams: where branches come together. */
function interestingLayers({ layers }: Backbone): string[] {
  const mixed = layers.filter(({ name }) => /^mixed\d+$/.test(name));
  const chosen = mixed.length > 0 ? mixed : layers.slice(Math.floor(layers.length / 2));
  return chosen.map(({ name }) => name);
}

import { input, InputError, Random } from '@latentbrush/engine';
import type { Backbone } from '../backbones/index.ts';
import { fitWithin, type Picture } from '../image/index.ts';
import { isSignal, parseOptions, takeSignal, type Stoppable } from '../options.ts';
import type { Contribution } from './contributions.ts';
import { tileSize } from './dreamer.ts';
import { checkContributions, dreamTerms } from './objective.ts';
import { octaveSizes } from './octaves.ts';
import { dreamOptions, type DreamInput, type DreamOptions } from './options.ts';
import { Dream, type DreamPictures } from './render.ts';
import { explainTooSmall, type SmallPicture } from './too-small.ts';

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
  /** Steps that were taken. */
  readonly steps: number;
  /** Whether the gradient was 0 everywhere in every step. */
  readonly flat: boolean;
}

/** @throws InputError when so many pictures cannot be shown on one sheet */
export function checkCount(count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > 200)
    throw new InputError(`--explore: ${count} is not a number of pictures; give 1 to 200`);
}

/**
 * Tries random mixes of layers, as the book suggests: one to four of the layers given, coefficients 0.1 to 5, evenly on a
 * logarithmic scale.
 * @param candidates names of layers (default: the `mixed` layers, or else the last half of all, as far as the picture is large enough
 *   for them)
 * @param options.signal ends after the current step, with the pictures that are whole
 * @param steering pictures that steer the dreams. A signal in their place, and pictures after it, go with the next version
 * @throws InputError when a layer does not exist or the picture is too small for it
 */
export async function* explore(
  backbone: Backbone,
  picture: Picture,
  count: number,
  options: DreamInput & Stoppable = {},
  candidates?: readonly string[],
  steering?: DreamPictures | AbortSignal,
  deprecatedPictures?: DreamPictures,
): AsyncGenerator<Exploration, void, undefined> {
  checkCount(count);
  const isOld = isSignal(steering) || steering === undefined;
  const pictures = (isOld ? deprecatedPictures : steering) ?? {};
  const { given, signal } = takeSignal(options, isOld ? steering : undefined);
  const small = fitWithin(picture, EXPLORED_SIZE);
  const { name = 'picture' } = pictures;
  const { height, width } = small;
  const called = small === picture ? name : `${name} (${width}x${height} to explore)`;
  const resolved = parseOptions(dreamOptions, given);
  const layersToMix = chooseLayers(backbone, candidates, { name: called, height, width }, resolved);
  const random = new Random(resolved.seed).fork('explore');
  for (let index = 1; index <= count && signal?.aborted !== true; index++) {
    const layers = drawMix(layersToMix, random.fork(`mix ${index}`));
    const dream = await Dream.prepare(backbone, { ...given, layers }, pictures);
    try {
      for await (const event of dream.render(small, { signal })) {
        if (event.type === 'done' && event.reason === 'finished')
          yield { index, total: count, layers, picture: event.picture, steps: event.steps, flat: event.flat };
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

/** What is mixed: the candidates, or what suits the network and the picture. */
function chooseLayers(
  backbone: Backbone,
  candidates: readonly string[] | undefined,
  small: SmallPicture,
  options: DreamOptions,
): string[] {
  const { octaves, octaveScale, tile } = options;
  const side = tileSize(small, tile) ?? Infinity;
  const sides = octaveSizes(small, octaves, octaveScale)[0]!.map((size) => Math.min(size, side));
  const smallest = [1, 3, ...sides];
  const interesting = interestingLayers(backbone);
  try {
    return candidates === undefined
      ? fittingLayers(backbone, interesting, smallest)
      : checkedLayers(backbone, candidates, smallest);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const needed = candidates ?? interesting.slice(0, 1);
    const contributions = checkContributions(
      backbone,
      needed.map((layer) => ({ layer, coefficient: 1 })),
    );
    throw explainTooSmall(error, backbone, contributions, small, options);
  }
}

/** The layers, which must all be there and have an output at a size `[1, 3, height, width]`. */
function checkedLayers(backbone: Backbone, names: readonly string[], smallest: readonly number[]): string[] {
  if (names.length === 0) throw new InputError('--layers: name at least one layer to explore');
  const contributions = checkContributions(
    backbone,
    names.map((layer) => ({ layer, coefficient: 1 })),
  );
  dreamTerms(backbone, contributions, input('pixels', smallest));
  return contributions.map(({ layer }) => layer);
}

/** Those of the layers that have an output at a size. */
function fittingLayers(backbone: Backbone, names: readonly string[], smallest: readonly number[]): string[] {
  const fit = (some: readonly string[]): boolean => {
    try {
      return checkedLayers(backbone, some, smallest).length > 0;
    } catch (error) {
      if (error instanceof InputError) return false;
      throw error;
    }
  };
  const fitting = fit(names) ? [...names] : names.filter((name) => fit([name]));
  return fitting.length > 0 ? fitting : checkedLayers(backbone, names.slice(0, 1), smallest);
}

/** Layers that make good dreams: where branches come together. */
function interestingLayers({ layers }: Backbone): string[] {
  const mixed = layers.filter(({ name }) => /^mixed\d+$/.test(name));
  const chosen = mixed.length > 0 ? mixed : layers.slice(Math.floor(layers.length / 2));
  return chosen.map(({ name }) => name);
}

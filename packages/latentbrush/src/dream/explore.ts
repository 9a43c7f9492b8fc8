import { input, InputError, Random } from '@latentbrush/engine';
import { noLayers, type Backbone } from '../pretrained/index.ts';
import { fitWithin, type Picture } from '../image/index.ts';
import { afterOptions, isSignal, parseOptions, takeSignal, type Stoppable } from '../options.ts';
import { newNames, type OldDreamNames } from '../renamed-options.ts';
import { VISUALIZATION } from './noise.ts';
import { writtenName, type Contribution, type LayerOrChannel } from './contributions.ts';
import { tileSize } from './dreamer.ts';
import { checkContributions, dreamTerms } from './loss.ts';
import { octaveSizes } from './octaves.ts';
import { dreamOptions, type DreamInput, type DreamOptions } from './options.ts';
import { Dream, renderOnce, type DreamPictures } from './render.ts';
import { squaresOf, type Size } from './squares.ts';
import { explainTooSmall, type SmallPicture } from './too-small.ts';
import { option, OptionError, words } from '../words.ts';

/** Size of the pictures of an exploration: large enough to choose from. */
const EXPLORED_SIZE = 320;

/**
 * Default options of an exploration: the pictures are small, and a dream that fades towards the edges would
 * leave little of them.
 */
export const EXPLORATION = { edges: 'wrap' } as const satisfies DreamInput;

/** A failure of an exploration: a layer, or a mix that fails although each of its layers works. */
export interface LeftOut {
  /** In the form of `--layers`, without coefficients. */
  readonly layers: string;
  /** The error of its dream. */
  readonly reason: string;
  readonly error: Error;
}

/** A tried mix of layers. */
export interface Exploration {
  /** From 1. */
  readonly index: number;
  readonly total: number;
  /** The excited layers; pass them as `layers` to repeat the dream. */
  readonly layers: readonly Contribution[];
  readonly picture: Picture;
  /** Failures since the previous mix, which are not drawn again. */
  readonly leftOut: readonly LeftOut[];
  /** Height and width of the squares in which it was dreamed, if the network computes at no other size. */
  readonly squares?: readonly [height: number, width: number] | undefined;
  /** Number of steps done. */
  readonly steps: number;
  /** Whether the gradient was 0 everywhere in every step. */
  readonly flat: boolean;
}

/**
 * @throws InputError when the number of pictures does not fit on one sheet
 */
export function checkCount(count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > 200)
    throw new OptionError(words`${option('explore')}: ${count} is not a number of pictures; give 1 to 200`);
}

/** Maximum number of redraws of a mix that fails although each of its layers works alone. */
const REDRAWS = 3;

/**
 * Tries random mixes of layers, as the book suggests: one to four of the layers and channels given,
 * coefficients 0.1 to 5, evenly on a logarithmic scale. A layer whose dream fails (for example, its operator
 * has no gradient) is left out after that.
 * @param candidates exact names of layers, or layers and channels (default: the `mixed` layers, or else the
 * last half of all layers for which the picture is large enough)
 * @param options.signal ends after the current step, with the pictures that are complete
 * @param steering pictures that steer the dreams. The next version no longer accepts a signal here with pictures after it
 * @throws InputError when a layer does not exist, the picture is too small for it, or every layer fails
 * @example
 * const network = await backbones.loadBackbone('embedded');
 * const cat = await image.readPicture('cat.jpg');
 * for await (const { layers, picture } of dream.explore(network, cat, 2, { octaves: 1, iterations: 1 }))
 *   await image.writePicture(`${dream.formatContributions(layers)}.png`, picture);
 */
export async function* explore(
  backbone: Backbone,
  picture: Picture,
  count: number,
  options: DreamInput & OldDreamNames & Stoppable = {},
  candidates?: readonly (string | LayerOrChannel)[],
  steering?: DreamPictures | AbortSignal,
  deprecatedPictures?: DreamPictures,
): AsyncGenerator<Exploration, void, undefined> {
  checkCount(count);
  const isOld = isSignal(steering) || steering === undefined;
  const pictures = (isOld ? deprecatedPictures : steering) ?? {};
  const { given, signal } = takeSignal(options, isOld ? afterOptions(steering) : undefined);
  const steered = { candidates: candidates?.map(layerOf), pictures, signal };
  yield* exploreMixes(
    backbone,
    picture,
    count,
    parseOptions(dreamOptions, newNames(dreamOptions, given, VISUALIZATION)),
    steered,
  );
}

/** Options of an exploration. */
export interface Steering extends Stoppable {
  readonly candidates: readonly LayerOrChannel[] | undefined;
  readonly pictures: DreamPictures;
}

/** The mixes of {@link explore}, with values that are already checked. The layers of the options do not count. */
export async function* exploreMixes(
  backbone: Backbone,
  picture: Picture,
  count: number,
  options: DreamOptions,
  { candidates, pictures, signal }: Steering,
): AsyncGenerator<Exploration, void, undefined> {
  const small = fitWithin(picture, EXPLORED_SIZE);
  const { name = 'picture' } = pictures;
  const { height, width } = small;
  const called = small === picture ? name : words`${name} (${width}x${height} to explore)`;
  let usable = chooseLayers(backbone, candidates, { name: called, height, width }, options);
  const random = new Random(options.seed).fork('explore');
  const dreamed = (layers: readonly Contribution[], iterations = options.iterations): Promise<Outcome> =>
    dreamOnce(backbone, small, { ...options, layers: [...layers], iterations }, pictures, signal);
  const failures: Failure[] = [];
  for (let index = 1; index <= count; index++) {
    const leftOut: LeftOut[] = [];
    for (let redraws = 0; ;) {
      if (signal?.aborted === true) return;
      const label = redraws === 0 ? `mix ${index}` : `mix ${index}, redrawn ${redraws}`;
      const layers = drawMix(usable, random.fork(label));
      const outcome = await dreamed(layers);
      if (outcome === 'aborted') return;
      if ('picture' in outcome) {
        yield { index, total: count, layers, leftOut, ...outcome };
        break;
      }
      const culprits: Failure[] =
        layers.length === 1 ? [{ layers: writtenName(layers[0]!), error: outcome.error }] : [];
      for (const each of layers.length === 1 ? [] : layers) {
        const alone = await dreamed([{ ...each, coefficient: 1 }], Math.min(1, options.iterations));
        if (alone === 'aborted') return;
        if ('error' in alone) culprits.push({ layers: writtenName(each), error: alone.error });
      }
      leftOut.push(...culprits.map(({ layers, error }) => ({ layers, reason: error.message, error })));
      failures.push(...culprits);
      usable = usable.filter((each) => !culprits.some(({ layers }) => layers === writtenName(each)));
      if (usable.length === 0) throw nothingLeft(failures);
      if (culprits.length > 0) continue;
      if (redraws === REDRAWS) throw outcome.error;
      redraws += 1;
      leftOut.push({
        layers: layers.map(writtenName).join(','),
        reason: outcome.error.message,
        error: outcome.error,
      });
    }
  }
}

/** A layer, or channel of it, whose dream failed. */
interface Failure {
  /** In the form of `--layers`. */
  readonly layers: string;
  readonly error: Error;
}

/** How one dream of an exploration ended. */
type Outcome =
  | 'aborted'
  | { readonly error: Error }
  | Pick<Exploration, 'picture' | 'squares' | 'steps' | 'flat'>;

async function dreamOnce(
  backbone: Backbone,
  picture: Picture,
  options: DreamOptions,
  pictures: DreamPictures,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  try {
    const dream = await Dream.of(backbone, options, pictures, signal);
    for await (const event of renderOnce(dream, picture)) {
      if (event.type === 'done' && event.reason === 'finished')
        return { picture: event.picture, squares: dream.squares, steps: event.steps, flat: event.flat };
    }
    return 'aborted';
  } catch (error) {
    if (error instanceof Error) return { error };
    throw error;
  }
}

// One reason for all layers is not about layers, for example a guide that is too small.
function nothingLeft(failures: readonly Failure[]): Error {
  const [{ layers, error }] = failures as [Failure, ...Failure[]];
  if (failures.every((each) => each.error.message === error.message) || !(error instanceof InputError))
    return error;
  return new OptionError(
    words`${option('explore')}: none of ${failures.length} layers can be dreamed; ${layers}: ${error}`,
  );
}

function drawMix(candidates: readonly LayerOrChannel[], random: Random): Contribution[] {
  const order = random.permutation(candidates.length);
  const count = Math.min(random.integer(1, 5), candidates.length);
  return Array.from({ length: count }, (_, i) => ({
    ...candidates[order[i]!]!,
    coefficient: Number((0.1 * 50 ** random.uniform()).toPrecision(2)),
  }));
}

/** The layers to mix: the candidates, or those that suit the network and the picture. */
function chooseLayers(
  backbone: Backbone,
  candidates: readonly LayerOrChannel[] | undefined,
  small: SmallPicture,
  options: DreamOptions,
): LayerOrChannel[] {
  const { octaves, octaveScale, tile, edges } = options;
  const side = tileSize(small, tile) ?? Infinity;
  const [height, width] = octaveSizes(small, octaves, octaveScale)[0]!;
  const smallest = [Math.min(height, side), Math.min(width, side)] as const;
  if (backbone.layers.length === 0) throw noLayers(backbone.name, backbone.unusable);
  const interesting = interestingLayers(backbone);
  try {
    return candidates === undefined
      ? fittingLayers(backbone, interesting, smallest, { tile, edges })
      : checkedLayers(backbone, candidates, smallest, { tile, edges });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const needed = candidates ?? interesting.slice(0, 1);
    const contributions = checkContributions(
      backbone,
      needed.map((each) => ({ ...each, coefficient: 1 })),
    );
    throw explainTooSmall(error, backbone, contributions, small, options);
  }
}

/** The layers. All must exist and have an output at a size, or at the one for which the network was exported. */
function checkedLayers(
  backbone: Backbone,
  names: readonly LayerOrChannel[],
  smallest: Size,
  options: Pick<DreamOptions, 'tile' | 'edges'>,
): LayerOrChannel[] {
  if (names.length === 0)
    throw new OptionError(words`${option('layers')}: name at least one layer to explore`);
  const contributions = checkContributions(
    backbone,
    names.map((each) => ({ ...each, coefficient: 1 })),
  );
  if (squaresOf(backbone, contributions, [smallest], options) === undefined)
    dreamTerms(backbone, contributions, input('pixels', [1, 3, ...smallest]), options);
  return contributions.map(({ layer, channel }) => ({ layer, ...(channel !== undefined && { channel }) }));
}

/** The layers that have an output at a size. */
function fittingLayers(
  backbone: Backbone,
  names: readonly LayerOrChannel[],
  smallest: Size,
  options: Pick<DreamOptions, 'tile' | 'edges'>,
): LayerOrChannel[] {
  const fit = (some: readonly LayerOrChannel[]): boolean => {
    try {
      return checkedLayers(backbone, some, smallest, options).length > 0;
    } catch (error) {
      if (error instanceof InputError) return false;
      throw error;
    }
  };
  const fitting = fit(names) ? [...names] : names.filter((name) => fit([name]));
  return fitting.length > 0 ? fitting : checkedLayers(backbone, names.slice(0, 1), smallest, options);
}

function layerOf(candidate: string | LayerOrChannel): LayerOrChannel {
  return typeof candidate === 'string' ? { layer: candidate } : candidate;
}

/** Layers that make good dreams: where branches join. */
function interestingLayers({ layers }: Backbone): LayerOrChannel[] {
  const mixed = layers.filter(({ name }) => /^mixed\d+$/.test(name));
  const chosen = mixed.length > 0 ? mixed : layers.slice(Math.floor(layers.length / 2));
  return chosen.map(({ name }) => layerOf(name));
}

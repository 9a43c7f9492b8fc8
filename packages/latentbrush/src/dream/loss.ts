import * as op from '@latentbrush/engine';
import {
  compile,
  constant,
  float32,
  InputError,
  input,
  ShapeError,
  type NDArray,
  type Tensor,
} from '@latentbrush/engine';
import type { Backbone, Terms } from '../pretrained/index.ts';
import { fitWithin, zoom, type Picture } from '../image/index.ts';
import { nameOf, refuseRepeated, writtenName, type Contribution } from './contributions.ts';
import { toPixels } from './pixels.ts';
import { option, OptionError, words } from '../words.ts';

/**
 * Rows and columns at each border of an activation that are ignored when edges fade, as in the book, to avoid
 * artefacts.
 */
const FADING_BORDER = 2;

/**
 * Longest side of a guide picture, as in the guided dreams of Mordvintsev et al. 2015: comparing more features is slow.
 */
const GUIDE_SIZE = 224;

/** Largest number of compared pairs of positions (dream and guide): each needs a few floats of memory. */
const MAX_COMPARED = 2 ** 27;

/** Features of a guide picture by layer, `[channels, positions]`. */
export type Guide = ReadonlyMap<string, NDArray>;

/**
 * Contributions with the names of the backbone. With `wholeNameFirst`, a name that ends like a channel, such
 * as TensorFlow's `Relu:0` in ONNX files, takes precedence over the channel. The result is exact: another
 * check leaves it unchanged.
 * @throws InputError when a layer or channel does not exist, or two names mean the same
 */
export function checkContributions(
  backbone: Backbone,
  contributions: readonly Contribution[],
): Contribution[] {
  const known = new Set(backbone.layers.map(({ name }) => name));
  const named = contributions.map(({ wholeNameFirst = false, ...each }) => {
    const whole = nameOf(each);
    if (wholeNameFirst && known.has(whole)) return { layer: whole, coefficient: each.coefficient };
    const isWhole = wholeNameFirst && backbone.unusable?.has(whole) === true;
    const { name, channels } = backbone.layerNamed(isWhole ? whole : each.layer);
    if (each.channel !== undefined && each.channel >= channels) {
      throw new InputError(
        `layer "${name}" has channels 0 to ${channels - 1}; channel ${each.channel} was given`,
      );
    }
    return { ...each, layer: name };
  });
  refuseRepeated(named);
  return named;
}

/**
 * Computes the features of a guide picture, which a dream is to match.
 * @throws InputError when it is too small for the network
 */
export async function measureGuide(
  backbone: Backbone,
  contributions: readonly Contribution[],
  guide: Picture,
): Promise<Guide> {
  const { pixels, activations } = guideActivations(backbone, contributions, guide);
  const shape = [1, 3, pixels.height, pixels.width];
  const outputs: Record<string, Tensor> = {}; // by index: a layer of an ONNX file can have the name of the input
  [...activations.values()].forEach((values, index) => {
    outputs[`layer_${index}`] = op.reshape(values, [values.dimension(1), -1]);
  });
  const session = await compile(outputs, { spinning: false });
  try {
    const seen = await session.run({ guide: float32(pixels.data, shape) });
    return new Map([...activations.keys()].map((name, index) => [name, seen[`layer_${index}`]!]));
  } finally {
    await session.release();
  }
}

/** The graph of the layers at the guide; a network of one size sees the guide at that size. */
function guideActivations(
  backbone: Backbone,
  contributions: readonly Contribution[],
  guide: Picture,
): { readonly pixels: Picture; readonly activations: ReadonlyMap<string, Tensor> } {
  const at = (picture: Picture): ReturnType<typeof guideActivations> => {
    const { height, width } = picture;
    const graph = input('guide', [1, 3, height, width]);
    const activations = activationsOf(backbone, contributions, graph, () => {
      return new InputError(
        `guide: ${width}x${height} pixels are too small for ${backbone.name}; use a larger picture`,
      );
    });
    return { pixels: toPixels(picture), activations };
  };
  try {
    return at(fitWithin(guide, GUIDE_SIZE));
  } catch (error) {
    if (!(error instanceof InputError) || backbone.exportedFor === undefined) throw error;
    return at(zoom(guide, ...backbone.exportedFor));
  }
}

/** A picture or tile that is too small: a layer has no positions left for it. */
export class TooSmall extends InputError {}

/** The measure of excitement: squared activations or plain activations. */
export type ObjectiveKind = 'squares' | 'mean';

/** Whether a dream fades towards the edges of the picture, as the book's does, or reaches them. */
export type EdgeKind = 'fade' | 'wrap';

/**
 * The objective of a dream, as terms of a sum.
 *
 * `squares`, the book's: Σ over layers of coefficient · Σ activation² / elements. `mean`: the same without
 * the square, the objective of Lucid (Olah, Mordvintsev & Schubert, *Feature Visualization*, Distill 2017).
 * With a guide (Mordvintsev et al. 2015) each position of the picture is compared with all positions of the guide:
 * its term is the greatest dot product of their features, instead of the square.
 *
 * Edges that `fade`, the book's: the 2 outermost rows and columns are left out of the sum. At a layer of
 * stride 16 this ignores 32 pixels at each edge of the picture, in addition to those that the network's
 * unpadded windows skip. With `wrap` the sum includes all positions.
 * @param pixels `[1, 3, height, width]`, RGB, -1 to 1
 * @throws TooSmall (an InputError) when a layer has no rows or columns left
 * @example
 * import { input } from '@latentbrush/engine';
 * const network = await backbones.loadBackbone('embedded');
 * const pixels = input('pixels', [1, 3, 128, 128]);
 * const terms = dream.dreamTerms(network, dream.parseContributions('mixed4=2,mixed5=1'), pixels);
 * console.log(Object.keys(terms)); // [ 'mixed4', 'mixed5' ]
 */
export function dreamTerms(
  backbone: Backbone,
  contributions: readonly Contribution[],
  pixels: Tensor,
  {
    guide,
    kind = 'squares',
    edges = 'fade',
  }: {
    readonly guide?: Guide | undefined;
    readonly kind?: ObjectiveKind | undefined;
    readonly edges?: EdgeKind | undefined;
  } = {},
): Terms {
  const [, , height = 0, width = 0] = pixels.shape;
  const border = edges === 'fade' ? FADING_BORDER : 0;
  const tooSmall = (what: string): TooSmall =>
    new TooSmall(`${width}x${height} pixels are too small for ${what}`);
  const activations = activationsOf(backbone, contributions, pixels, () => tooSmall(backbone.name));
  const known = new Set(backbone.layers.map(({ name }) => name));
  const terms: Record<string, Tensor> = {};
  for (const each of contributions) {
    const whole = activations.get(each.layer)!;
    const channel = each.channel;
    const values = channel === undefined ? whole : op.slice(whole, [channel], [channel + 1], [1]);
    const [, channels = 1, rows = 1, columns = 1] = values.shape;
    if (Math.min(rows, columns) <= 2 * border) throw tooSmall(`layer ${each.layer}`);
    const inner =
      border === 0 ? values : op.slice(values, [border, border], [rows - border, columns - border], [2, 3]);
    const features = guide?.get(each.layer);
    const excitement =
      features === undefined
        ? op.reduceSum(kind === 'squares' ? op.square(inner) : inner)
        : likeness(inner, guideOf(features, channel), each.layer);
    const plain = nameOf(each);
    const name = channel !== undefined && known.has(plain) ? writtenName(each) : plain;
    const term = op.mul(excitement, each.coefficient / (channels * rows * columns));
    terms[name] = terms[name] === undefined ? term : op.add(terms[name], term);
  }
  return terms;
}

function activationsOf(
  backbone: Backbone,
  contributions: readonly Contribution[],
  pixels: Tensor,
  tooSmall: () => InputError,
): ReadonlyMap<string, Tensor> {
  const layers = [...new Set(contributions.map(({ layer }) => layer))];
  try {
    return backbone.activations(op.mul(op.add(pixels, 1), 127.5), layers);
  } catch (error) {
    if (error instanceof ShapeError) throw tooSmall();
    throw error;
  }
}

// Σ over positions of max over the guide's positions of the dot product of the two.
function likeness(values: Tensor, guide: Tensor, layer: string): Tensor {
  const [, channels = 1, rows = 1, columns = 1] = values.shape;
  const positions = rows * columns;
  if (positions * guide.dimension(1) > MAX_COMPARED) {
    throw new OptionError(
      words`guide: layer ${layer} is too fine to match (${positions} positions in the picture, ${guide.dimension(1)} in the guide); choose deeper ${option('layers')}, or a smaller ${option('tile')}`,
    );
  }
  const flat = op.reshape(values, [channels, positions]);
  return op.reduceSum(op.reduceMax(op.matmul(op.transpose(flat, [1, 0]), guide), [1]));
}

function guideOf(features: NDArray, channel: number | undefined): Tensor {
  const all = constant(features);
  return channel === undefined ? all : op.slice(all, [channel], [channel + 1], [0]);
}

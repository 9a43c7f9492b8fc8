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
import { fitWithin, type Picture } from '../image/index.ts';
import { nameOf, refuseRepeated, writtenName, type Contribution } from './contributions.ts';
import { toPixels } from './pixels.ts';
import { option, OptionError, words } from '../words.ts';

/** Rows and columns at each border of an activation that do not count where edges fade, as in the book, against artefacts there. */
const FADING_BORDER = 2;

/** Longest side of a guide picture, as in the guided dreams of Mordvintsev et al. 2015: more features take long to compare. */
const GUIDE_SIZE = 224;

/** Most pairs of positions, of dream and guide, that are compared: a float of each stands in memory, a few times over. */
const MAX_COMPARED = 2 ** 27;

/** Features of a guide picture by layer, `[channels, positions]`. */
export type Guide = ReadonlyMap<string, NDArray>;

/**
 * Contributions with the names the backbone has. Where `wholeNameFirst` says so, a name that ends like a channel, as TensorFlow's `Relu:0`
 * in ONNX files, goes before the channel. What comes back is exact: checked again, it is the same.
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
        `layer "${name}" has channels 0 to ${channels - 1}; channel ${each.channel} was asked for`,
      );
    }
    return { ...each, layer: name };
  });
  refuseRepeated(named);
  return named;
}

/**
 * Looks at a guide picture, whose features a dream is to match.
 * @throws InputError when it is too small for the network
 */
export async function measureGuide(
  backbone: Backbone,
  contributions: readonly Contribution[],
  guide: Picture,
): Promise<Guide> {
  const { data, height, width } = toPixels(fitWithin(guide, GUIDE_SIZE));
  const shape = [1, 3, height, width];
  const activations = activationsOf(backbone, contributions, input('guide', shape), () => {
    return new InputError(
      `guide: ${width}x${height} pixels are too small for ${backbone.name}; take a larger picture`,
    );
  });
  const outputs: Record<string, Tensor> = {}; // by number: a layer of an ONNX file may have the name of the input
  [...activations.values()].forEach((values, index) => {
    outputs[`layer_${index}`] = op.reshape(values, [values.dimension(1), -1]);
  });
  const session = await compile(outputs, { spinning: false });
  try {
    const seen = await session.run({ guide: float32(data, shape) });
    return new Map([...activations.keys()].map((name, index) => [name, seen[`layer_${index}`]!]));
  } finally {
    await session.release();
  }
}

/** A picture, or what is seen of it at once, of which nothing is left at a layer. */
export class TooSmall extends InputError {}

/** How excitement is measured: by the squares of activations or by activations as they are. */
export type ObjectiveKind = 'squares' | 'mean';

/** Whether a dream fades towards the edges of the picture, as the book's does, or reaches them. */
export type EdgeKind = 'fade' | 'wrap';

/**
 * What a dream maximises, as parts to be added.
 *
 * `squares`, the book's: Σ over layers of coefficient · Σ activation² / elements.
 * `mean`: the same without the square, the objective of Lucid (Olah, Mordvintsev & Schubert, *Feature Visualization*, Distill 2017).
 * Guided (Mordvintsev et al. 2015): in place of the square, for each position, the greatest dot product with the features of any
 * position of the guide.
 *
 * Edges that `fade`, the book's: the 2 outermost rows and columns are left out of the sum. At a layer of stride 16 that is all that
 * 32 pixels at each edge of the picture do, and more of what the network's unpadded windows leave out. With `wrap` all of them count.
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
      words`guide: layer ${layer} is too fine to be matched (${positions} positions of the picture, ${guide.dimension(1)} of the guide); choose deeper ${option('layers')}, or a smaller ${option('tile')}`,
    );
  }
  const flat = op.reshape(values, [channels, positions]);
  return op.reduceSum(op.reduceMax(op.matmul(op.transpose(flat, [1, 0]), guide), [1]));
}

function guideOf(features: NDArray, channel: number | undefined): Tensor {
  const all = constant(features);
  return channel === undefined ? all : op.slice(all, [channel], [channel + 1], [0]);
}

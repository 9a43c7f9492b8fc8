import * as op from '@latentbrush/engine';
import { compile, constant, float32, input, type NDArray, type Tensor } from '@latentbrush/engine';
import { gramMatrix, rangeLoss, relativeDistance, relativeLoss, totalVariationLoss } from '../losses.ts';
import { gramsOf, perceive, perPosition, type Gram, type Perceived, type Perception } from '../perception.ts';
import { seenFrom, shiftInput } from './position-shift.ts';

/** How a fast style compares pictures. */
export interface FastPerception extends Perception {
  /**
   * Factors for resizing pictures before style is compared; 1 means no change. At a half or a quarter, layers recognise strokes that are
   * otherwise too large for them (Snelgrove 2017, *High-Resolution Multi-Scale Neural Texture Synthesis*, compares Gram matrices in this
   * way).
   */
  readonly styleScales: readonly number[];
}

/** The target of a fast style, measured once. */
export interface FastTargets {
  readonly style: ReadonlyMap<string, StyleTarget>;
  /** Mean square of the content features of ordinary pictures: the unit of the content loss. */
  readonly contentScale: number;
}

/** The target of a layer for painted pictures. */
export interface StyleTarget {
  /** Factors of the Gram matrices, so that strong channels do not dominate, `[1, channels, channels]`. */
  readonly factors: NDArray;
  /** Gram matrix per position of the style picture, so multiplied, `[1, channels, channels]`. */
  readonly matrix: NDArray;
  /** Mean squared distance of ordinary pictures from it: the unit of the style loss. */
  readonly scale: number;
}

/** Lowest strength of a channel, as a share of the mean strength of its layer: fainter channels are noise. */
const FAINTEST = 0.01;

/**
 * Measures the style picture, and some ordinary pictures for the scales.
 * @param style `[1, 3, height, width]`, RGB, 0 to 255
 * @param contents `[batch, 3, height, width]`
 */
export async function measureTargets(
  perception: FastPerception,
  style: NDArray,
  contents: NDArray,
  threads: number | undefined,
): Promise<FastTargets> {
  const ofStyle = await measure(perception, style, threads);
  const ofContents = await measure(perception, contents, threads);
  const names = Object.keys(ofStyle).filter((name) => name !== 'content');
  const targets = names.map((output) => {
    const name = output.slice(STYLE.length);
    const [wanted, ordinary] = [ofStyle[output]!, ofContents[output]!];
    const factors = channelFactors(wanted, ordinary);
    const matrix = multiplied(wanted, factors);
    return [
      name,
      { factors, matrix, scale: meanSquare(multiplied(ordinary, factors), matrix) || 1 },
    ] as const;
  });
  return { style: new Map(targets), contentScale: meanSquare(ofContents.content!) || 1 };
}

// 1 / √(s_i s_j), where s is the mean square of each channel over the style and the ordinary pictures, with equal weight.
function channelFactors(style: NDArray, ordinary: NDArray): NDArray {
  const [batch = 1, channels = 1] = ordinary.shape;
  const diagonal = ({ data }: NDArray, picture: number, i: number): number =>
    Number(data[(picture * channels + i) * channels + i]);
  const strengths = Array.from({ length: channels }, (_, i) => {
    let sum = 0;
    for (let picture = 0; picture < batch; picture++) sum += diagonal(ordinary, picture, i) / batch;
    return (diagonal(style, 0, i) + sum) / 2;
  });
  const mean = strengths.reduce((sum, strength) => sum + strength, 0) / channels;
  const roots = strengths.map((strength) => Math.sqrt(Math.max(strength, FAINTEST * mean) || 1));
  const factors = Float32Array.from(
    { length: channels ** 2 },
    (_, i) => 1 / (roots[Math.floor(i / channels)]! * roots[i % channels]!),
  );
  return float32(factors, [1, channels, channels]);
}

function multiplied({ data, shape }: NDArray, { data: factors }: NDArray): NDArray {
  const values = new Float32Array(data.length);
  for (let i = 0; i < values.length; i++) values[i] = Number(data[i]) * Number(factors[i % factors.length]);
  return float32(values, shape);
}

/** Prefix of the style outputs. */
const STYLE = 'style ';

/** Name of the colours among the layers that compare style. */
const COLORS = 'colors';

// Second moments of red, green, blue and 1: the mean colour and how colours vary together. Layers of a classifier respond to edges better
// than to colours.
function colorMoments(pictures: Tensor): Gram {
  const [batch = 1, , height = 1, width = 1] = pictures.shape;
  const ones = constant(float32(new Float32Array(batch * height * width).fill(1), [batch, 1, height, width]));
  const values = op.concat([op.sub(op.div(pictures, 127.5), 1), ones], 1); // [B, 4, H, W]
  return { matrix: gramMatrix(values), positions: height * width };
}

// Gram matrices of the style layers at each scale, and of the colours.
function styleOf(perception: FastPerception, pictures: Tensor, seen: Perceived): ReadonlyMap<string, Gram> {
  const grams = perception.styleScales.flatMap((scale) => {
    const [contentLayer = ''] = perception.styleLayers; // so that nothing more is computed
    const seenThere =
      scale === 1
        ? seen
        : perceive({ ...perception, contentLayer, enlargement: scale * perception.enlargement }, pictures);
    return [...gramsOf(seenThere)].map(([layer, gram]) => [styleName(layer, scale), gram] as const);
  });
  return new Map([[COLORS, colorMoments(pictures)], ...grams]);
}

// The name of a layer at a scale among the targets.
function styleName(layer: string, scale: number): string {
  return `${layer} at ${scale}`;
}

async function measure(
  perception: FastPerception,
  pictures: NDArray,
  threads: number | undefined,
): Promise<Record<string, NDArray>> {
  const shown = input('pictures', pictures.shape);
  const seen = perceive(perception, shown);
  const outputs: Record<string, Tensor> = { content: seen.content };
  for (const [name, gram] of styleOf(perception, shown, seen)) outputs[STYLE + name] = perPosition(gram);
  const session = await compile(outputs, { threads });
  try {
    return await session.run({ pictures });
  } finally {
    await session.release();
  }
}

/** Mean of (values - target)²; a target of batch 1 is used for the whole batch. */
export function meanSquare({ data: values }: NDArray, target?: NDArray): number {
  let sum = 0;
  const size = target?.data.length ?? 1;
  for (let i = 0; i < values.length; i++) {
    const difference = Number(values[i]) - Number(target?.data[i % size] ?? 0);
    sum += difference * difference;
  }
  return sum / values.length;
}

/** Weights of the parts of the loss. */
export interface FastWeights {
  readonly contentWeight: number;
  readonly styleWeight: number;
  /** Weight of the palette; each layer at each scale has weight 1. */
  readonly colorWeight: number;
  readonly tvWeight: number;
}

/** Weight of colours outside 0..255. */
const RANGE_WEIGHT = 10;

/**
 * The loss of painted pictures, as terms of a sum: each in units of ordinary pictures, so that weights have the same meaning for any
 * network.
 * @param contents the content pictures, `[batch, 3, height, width]`
 * @param painted `[batch, 3, height, width]`
 * @param shift their position, see {@link seenFrom}; default: an input of the graph
 */
export function fastLoss(
  perception: FastPerception,
  targets: FastTargets,
  { contentWeight, styleWeight, colorWeight, tvWeight }: FastWeights,
  contents: Tensor,
  painted: Tensor,
  shift: Tensor = shiftInput(),
): { content: Tensor; style: Tensor; variation: Tensor; range: Tensor } {
  const shown = seenFrom(painted, shift);
  const seen = perceive(perception, shown);
  const base = op.stopGradient(
    perceive({ ...perception, styleLayers: [] }, seenFrom(contents, shift)).content,
  );
  const grams = styleOf(perception, shown, seen);
  const parts = [...grams].map(([name, gram]) => {
    const { factors, matrix, scale } = targets.style.get(name)!;
    const distance = relativeDistance(constant(matrix), op.mul(perPosition(gram), constant(factors)), scale);
    return name === COLORS ? op.mul(distance, colorWeight) : distance;
  });
  const style = op.div(
    parts.reduce((sum, part) => op.add(sum, part)),
    parts.length - 1 + colorWeight,
  );
  const [batch = 1, , height = 1, width = 1] = painted.shape;
  const variation = op.div(totalVariationLoss(op.div(painted, 127.5)), batch * height * width);
  return {
    content: op.mul(relativeLoss(base, seen.content, targets.contentScale), contentWeight),
    style: op.mul(style, styleWeight),
    variation: op.mul(variation, tvWeight),
    range: op.mul(rangeLoss(painted), RANGE_WEIGHT),
  };
}

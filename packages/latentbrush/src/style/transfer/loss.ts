import * as op from '@latentbrush/engine';
import { compile, constant, float32, input, type NDArray, type Tensor } from '@latentbrush/engine';
import type { Terms } from '../../pretrained/index.ts';
import { resize, type Mask, type Picture } from '../../image/index.ts';
import { contentLoss, relativeLoss, styleLoss, totalVariationLoss } from '../losses.ts';
import { gramsOf, perceive, perPosition, type Perception, type PositionWeights } from '../perception.ts';

/** A style to paint: everywhere, or in a mask. */
export interface StylePart {
  /** Gram matrix per position, by layer, `[1, channels, channels]`. */
  readonly matrices: ReadonlyMap<string, NDArray>;
  readonly weight: number;
  /** Its mask over the whole picture. Default: everywhere. */
  readonly mask?: Mask | undefined;
}

/** Weights of the parts of the loss, and how they are measured. */
export interface LossOptions {
  readonly losses: 'book' | 'normalized';
  readonly contentWeight: number;
  readonly styleWeight: number;
  readonly tvWeight: number;
}

/** Gram matrices of a style picture, per position, by layer. */
export async function measureStyle(
  perception: Perception,
  style: Picture,
  threads: number | undefined,
): Promise<ReadonlyMap<string, NDArray>> {
  return (await measure({ ...perception, contentLayer: perception.styleLayers[0]! }, style, threads)).style;
}

/** The features of the content picture at the start. */
export interface ContentTarget {
  readonly features: NDArray;
  /** Gram matrices per position, by layer. */
  readonly style: ReadonlyMap<string, NDArray>;
}

/** Features and Gram matrices of the content picture. */
export async function measureContent(
  perception: Perception,
  content: Picture,
  threads: number | undefined,
): Promise<ContentTarget> {
  return measure(perception, content, threads);
}

async function measure(
  perception: Perception,
  { data, height, width }: Picture,
  threads: number | undefined,
): Promise<ContentTarget> {
  const shape = [1, 3, height, width];
  const seen = perceive(perception, input('picture', shape));
  const outputs: Record<string, Tensor> = { content: seen.content };
  for (const [name, gram] of gramsOf(seen)) outputs[`style ${name}`] = perPosition(gram);
  const session = await compile(outputs, { threads });
  try {
    const values = await session.run({ picture: float32(data, shape) });
    return {
      features: values.content!,
      style: new Map(perception.styleLayers.map((name) => [name, values[`style ${name}`]!])),
    };
  } finally {
    await session.release();
  }
}

/** The mean of Gram matrices, weighted: painting several styles everywhere is painting their mean. */
export function blend(parts: readonly StylePart[]): StylePart {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const [first] = parts;
  if (first === undefined) throw new Error('blend: there are no styles');
  const matrices = [...first.matrices].map(([name, { shape }]) => {
    const mean = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (const { matrices: own, weight } of parts) {
      const { data } = own.get(name)!;
      for (let i = 0; i < mean.length; i++) mean[i] = mean[i]! + (weight / total) * Number(data[i]);
    }
    return [name, float32(mean, shape)] as const;
  });
  return { matrices: new Map(matrices), weight: 1 };
}

/**
 * The loss of a painted picture, as parts to be added: `content`, `style <layer>` (of several parts `style <number> <layer>`) and
 * `total variation`.
 *
 * A term with a mask is weighted by its area, so that the style is as strong at a pixel as without masks.
 * @param pixels `[1, 3, height, width]`, RGB, 0 to 255
 */
export function styleTerms(
  perception: Perception,
  content: ContentTarget,
  parts: readonly StylePart[],
  options: LossOptions,
  pixels: Tensor,
): Terms {
  const { losses, contentWeight, styleWeight, tvWeight } = options;
  const [, , height = 1, width = 1] = pixels.shape;
  const seen = perceive(perception, pixels);
  const features = constant(content.features);
  const terms: Record<string, Tensor> = {};
  if (contentWeight > 0) {
    terms.content = op.mul(
      losses === 'book'
        ? contentLoss(features, seen.content)
        : relativeLoss(features, seen.content, meanSquare(content.features) || 1),
      contentWeight,
    );
  }
  const shares = sharesOf(parts);
  parts.forEach((part, index) => {
    const { area, share } = shares[index]!;
    if (share === 0) return;
    const grams = gramsOf(seen, part.mask === undefined ? undefined : positionWeights(part.mask));
    for (const [layer, gram] of grams) {
      const target = part.matrices.get(layer)!;
      const loss =
        losses === 'book'
          ? styleLoss(op.mul(constant(target), gram.positions), gram.matrix, area * height * width)
          : relativeLoss(
              constant(target),
              perPosition(gram),
              meanSquare(target, content.style.get(layer)) || 1,
            );
      const name = parts.length === 1 ? `style ${layer}` : `style ${index + 1} ${layer}`;
      terms[name] = op.mul(loss, (styleWeight * share) / grams.size);
    }
  });
  if (tvWeight > 0) {
    const variation =
      losses === 'book'
        ? totalVariationLoss(pixels)
        : op.div(totalVariationLoss(op.div(pixels, 127.5)), height * width);
    terms['total variation'] = op.mul(variation, tvWeight);
  }
  return terms;
}

// A mask resized to the size of a layer.
function positionWeights(mask: Mask): PositionWeights {
  return (height, width) => {
    const plane = resize({ channels: 1, ...mask }, { height, width });
    return float32(
      plane.data.map((value) => Math.min(Math.max(value, 0), 1)),
      [1, 1, height, width],
    );
  };
}

/** The share of the picture that a term covers, 0 to 1, and its share of the style's weight. */
function sharesOf(parts: readonly StylePart[]): { area: number; share: number }[] {
  const areas = parts.map(({ mask }) => (mask === undefined ? 1 : meanSquare(mask)));
  const weighted = parts.map(({ weight }, index) => weight * areas[index]!);
  const covered = Math.min(1, sumOf(areas));
  const whole = sumOf(weighted) || 1;
  return areas.map((area, index) => ({ area, share: (covered * weighted[index]!) / whole }));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

// Mean of (values - base)².
function meanSquare({ data: values }: Pick<NDArray, 'data'>, base?: NDArray): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (Number(values[i]) - Number(base?.data[i] ?? 0)) ** 2;
  return sum / values.length;
}

import * as op from '@latentbrush/engine';
import { compile, constant, input, type NDArray, type Tensor } from '@latentbrush/engine';
import { relativeLoss, totalVariationLoss } from './losses.ts';
import { gramsOf, perceive, perPosition, type Perception } from './perception.ts';

/** What a fast style is trained towards, measured once. */
export interface FastTargets {
  /** Gram matrix per position of the style picture, by layer, `[1, channels, channels]`. */
  readonly style: ReadonlyMap<string, NDArray>;
  /** Mean squared distance of ordinary pictures from it, by layer: the unit of the style loss. */
  readonly styleScale: ReadonlyMap<string, number>;
  /** Mean square of the content features of ordinary pictures: the unit of the content loss. */
  readonly contentScale: number;
}

/**
 * Measures the style picture, and some ordinary pictures for the scales.
 * @param style `[1, 3, height, width]`, RGB, 0 to 255
 * @param contents `[batch, 3, height, width]`
 */
export async function measureTargets(
  perception: Perception,
  style: NDArray,
  contents: NDArray,
  threads: number | undefined,
): Promise<FastTargets> {
  const names = perception.styleLayers;
  const ofStyle = await measure(perception, style, threads);
  const ofContents = await measure(perception, contents, threads);
  const matrices = new Map(names.map((name) => [name, ofStyle[`style ${name}`]!]));
  return {
    style: matrices,
    styleScale: new Map(
      names.map((name) => [name, meanSquare(ofContents[`style ${name}`]!, matrices.get(name)) || 1]),
    ),
    contentScale: meanSquare(ofContents.content!) || 1,
  };
}

async function measure(
  perception: Perception,
  pictures: NDArray,
  threads: number | undefined,
): Promise<Record<string, NDArray>> {
  const seen = perceive(perception, input('pictures', pictures.shape));
  const outputs: Record<string, Tensor> = { content: seen.content };
  for (const [name, gram] of gramsOf(seen)) outputs[`style ${name}`] = perPosition(gram);
  const session = await compile(outputs, { threads });
  try {
    return await session.run({ pictures });
  } finally {
    await session.release();
  }
}

/** Mean of (values - target)²; a target of batch 1 stands for the whole batch. */
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
  readonly tvWeight: number;
}

/**
 * The loss of painted pictures, as parts to be added: each in units of what ordinary pictures have, so that weights mean the same
 * whatever the network.
 * @param contents what was painted, `[batch, 3, height, width]`
 * @param painted `[batch, 3, height, width]`
 */
export function fastLoss(
  perception: Perception,
  targets: FastTargets,
  { contentWeight, styleWeight, tvWeight }: FastWeights,
  contents: Tensor,
  painted: Tensor,
): { content: Tensor; style: Tensor; variation: Tensor } {
  const seen = perceive(perception, painted);
  const base = op.stopGradient(perceive({ ...perception, styleLayers: [] }, contents).content);
  const parts = [...gramsOf(seen)].map(([name, gram]) =>
    relativeLoss(constant(targets.style.get(name)!), perPosition(gram), targets.styleScale.get(name)!),
  );
  const style = op.div(
    parts.reduce((sum, part) => op.add(sum, part)),
    parts.length,
  );
  const [batch = 1, , height = 1, width = 1] = painted.shape;
  const variation = op.div(totalVariationLoss(op.div(painted, 127.5)), batch * height * width);
  return {
    content: op.mul(relativeLoss(base, seen.content, targets.contentScale), contentWeight),
    style: op.mul(style, styleWeight),
    variation: op.mul(variation, tvWeight),
  };
}

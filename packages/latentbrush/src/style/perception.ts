import { averagePool, constant, div, mul, resize, type NDArray, type Tensor } from '@latentbrush/engine';
import type { Backbone } from '../pretrained/index.ts';
import { gramMatrix, smoothed } from './losses.ts';

/** How to compare pictures: the network, its layers, and the preparation. */
export interface Perception {
  readonly backbone: Backbone;
  readonly contentLayer: string;
  readonly styleLayers: readonly string[];
  /** Factor for resizing pictures before the network; 2 compensates for a stem of stride 2. */
  readonly enlargement: number;
  /** Temperature of the activation smoothing of SWAG; 0 for none. */
  readonly smoothing: number;
}

/** The features of pictures in a network. */
export interface Perceived {
  /** Features of the content layer, `[batch, channels, height', width']`. */
  readonly content: Tensor;
  /** Features of the style layers, by layer, `[batch, channels, height', width']`. */
  readonly style: ReadonlyMap<string, Tensor>;
}

/** A Gram matrix and the number of positions in its sums. */
export interface Gram {
  /** `[batch, channels, channels]` */
  readonly matrix: Tensor;
  readonly positions: number;
}

/** Weights of positions, 0 to 1, `[1, 1, height, width]`, for a layer of that size. */
export type PositionWeights = (height: number, width: number) => NDArray;

/**
 * Computes the features of pictures.
 * @param pictures `[batch, 3, height, width]`, RGB, 0 to 255
 */
export function perceive(perception: Perception, pictures: Tensor): Perceived {
  const { backbone, contentLayer, styleLayers, enlargement, smoothing } = perception;
  const activations = backbone.activations(resized(pictures, enlargement), [
    ...new Set([contentLayer, ...styleLayers]),
  ]);
  const layers = new Map(
    [...activations].map(([name, values]) => [name, smoothing > 0 ? smoothed(values, smoothing) : values]),
  );
  const layer = (name: string): Tensor => {
    const values = layers.get(name);
    if (values === undefined) throw new Error(`layer ${name} was not computed`);
    return values;
  };
  return { content: layer(contentLayer), style: new Map(styleLayers.map((name) => [name, layer(name)])) };
}

// Halves, thirds and so on are means of whole pixels, so that pictures of any size are treated alike; remaining pixels are cropped.
function resized(pictures: Tensor, factor: number): Tensor {
  if (factor === 1) return pictures;
  if (factor < 1 && Number.isInteger(1 / factor)) return averagePool(pictures, { poolSize: 1 / factor });
  const [, , height = 0, width = 0] = pictures.shape;
  return resize(pictures, [Math.round(height * factor), Math.round(width * factor)], 'bilinear');
}

/**
 * Gram matrices of the style layers, by layer.
 * @param weights weight of each position (default: equal)
 */
export function gramsOf({ style }: Perceived, weights?: PositionWeights): ReadonlyMap<string, Gram> {
  return new Map([...style].map(([name, features]) => [name, gramOf(features, weights)]));
}

function gramOf(features: Tensor, weights: PositionWeights | undefined): Gram {
  const [, , rows = 1, columns = 1] = features.shape;
  if (weights === undefined) return { matrix: gramMatrix(features), positions: rows * columns };
  const mask = weights(rows, columns);
  const positions = (mask.data as Float32Array).reduce((sum, weight) => sum + weight * weight, 0);
  return { matrix: gramMatrix(mul(features, constant(mask))), positions: Math.max(positions, 1e-6) };
}

/** A Gram matrix as the mean over positions, so that pictures of different sizes can be compared. */
export function perPosition({ matrix, positions }: Gram): Tensor {
  return div(matrix, positions);
}

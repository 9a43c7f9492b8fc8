import { type Random } from '@latentbrush/engine';
import { picture, zoom, type Picture } from '../image/index.ts';

/**
 * Pixels between the points where noise is drawn. It is smooth between them, so that the result has no grain.
 */
const SPACING = 8;

/**
 * Grey with a little smooth noise in each colour: the start of feature visualisation.
 * @example
 * const noise = dream.noisePicture(200, 300, new Random(1));
 * console.log(noise.width, noise.height); // 300 200
 */
export function noisePicture(height: number, width: number, random: Random): Picture {
  const coarse = picture(3, Math.ceil(height / SPACING) + 1, Math.ceil(width / SPACING) + 1);
  for (let i = 0; i < coarse.data.length; i++) coarse.data[i] = 127.5 + 12.75 * random.normal();
  return zoom(coarse, height, width);
}

/**
 * Options for visualising a layer or channel from noise: the mean of activations, equal scales, many sizes (after Mordvintsev's DeepDream
 * notebook, TensorFlow 2015), decorrelated colours (Lucid), detail up to the edges.
 */
export const VISUALIZATION = {
  objective: 'mean',
  laplacian: 4,
  octaves: 3,
  iterations: 30,
  stepSize: 0.02,
  decorrelate: true,
  edges: 'wrap',
  maxLoss: 1e6,
} as const;

import { InputError } from '@latentbrush/engine';
import type { Picture } from '../image/index.ts';
import type { FastPerception } from './fast-objective.ts';
import type { TrainOptions } from './fast-options.ts';
import { checkMemory, estimateMemory, estimateTrainingMemory } from './memory.ts';
import type { Perception } from './perception.ts';
import type { Level } from './pyramid.ts';
import type { ResolvedStyle } from './resolved-options.ts';

/** The size a style picture is looked at. The book stretches it to the content; elsewhere it keeps its proportions. */
export function sizeOfStyle(
  picture: Picture,
  { height, width }: Level,
  { styleSize, losses }: ResolvedStyle,
): { height: number; width: number } {
  if (losses === 'book' && styleSize === 1) return { height, width };
  const factor = (styleSize * Math.max(height, width)) / Math.max(picture.height, picture.width);
  return {
    height: Math.max(1, Math.round(picture.height * factor)),
    width: Math.max(1, Math.round(picture.width * factor)),
  };
}

/** @throws InputError when the network has no output for the coarsest size */
export function checkSizes(
  { backbone, contentLayer, styleLayers, enlargement }: Perception,
  coarsest: Level,
  { border }: ResolvedStyle,
): void {
  const smallest = Math.ceil(backbone.smallestSize([contentLayer, ...styleLayers]) / enlargement);
  const shorter = Math.min(coarsest.height, coarsest.width) + 2 * border;
  if (shorter < smallest) {
    throw new InputError(
      `--height: at ${coarsest.width}x${coarsest.height} ${backbone.name} has no output at the layers asked for; the shorter side must be at least ${smallest - 2 * border} pixels`,
    );
  }
}

/** @throws InputError when the network has no output for a style picture */
export function checkStyleSize(
  { backbone, styleLayers, enlargement }: Perception,
  name: string,
  { height, width }: { height: number; width: number },
): void {
  const smallest = Math.ceil(backbone.smallestSize(styleLayers) / enlargement);
  if (Math.min(height, width) < smallest) {
    throw new InputError(
      `${name}: at ${width}x${height} ${backbone.name} has no output at the layers asked for; the shorter side must be at least ${smallest} pixels: raise --style-size, or cut the picture`,
    );
  }
}

/** The size a style picture is looked at for a fast style: its shorter side as the options say. */
export function sizeOfFastStyle(
  { height, width }: Picture,
  { styleSize }: TrainOptions,
): { height: number; width: number } {
  const factor = styleSize / Math.min(height, width);
  return { height: Math.round(height * factor), width: Math.round(width * factor) };
}

// Pixels that the network sees of each pixel of a picture, at all scales together; content is always seen at 1.
function pixelsSeen({ styleScales }: FastPerception): number {
  return [...new Set([1, ...styleScales])].reduce((sum, scale) => sum + scale ** 2, 0);
}

/** @throws InputError when the network has no output for the cut-outs or the style picture, or memory would run out */
export function checkFastSizes(perception: FastPerception, style: Picture, options: TrainOptions): void {
  const { backbone, contentLayer, styleLayers, styleScales } = perception;
  const [forContent, forStyle] = [backbone.smallestSize([contentLayer]), backbone.smallestSize(styleLayers)];
  const reduced = Math.ceil(forStyle / Math.min(...styleScales));
  const smallest = Math.max(forContent, reduced);
  const advice = smallest > Math.max(forContent, forStyle) ? ', or less with larger --style-scales' : '';
  for (const [name, value, least] of [
    ['size', options.size, smallest + 1], // seenFrom leaves out a row and a column
    ['style-size', options.styleSize, smallest],
  ] as const) {
    if (value < least) {
      throw new InputError(
        `--${name}: at ${value} pixels ${backbone.name} has no output at the layers asked for; it must be at least ${least}${advice}`,
      );
    }
  }
  const { height, width } = sizeOfFastStyle(style, options);
  const asOnePicture = { ...perception, enlargement: Math.sqrt(pixelsSeen(perception)) };
  const looking = estimateMemory(asOnePicture, height, width, 0, 'looking');
  checkMemory(looking, undefined, `lower --style-size (the style picture is ${width}x${height} now)`);
  const training = estimateTrainingMemory(asOnePicture, options, options.size, options.batch);
  checkMemory(training, undefined, `lower --size (now ${options.size}) or --batch (now ${options.batch})`);
}

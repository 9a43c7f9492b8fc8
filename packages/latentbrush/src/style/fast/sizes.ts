import type { Picture } from '../../image/index.ts';
import { checkMemory, estimateMemory } from '../memory.ts';
import type { FastPerception } from './loss.ts';
import { estimateTrainingMemory } from './memory.ts';
import type { TrainOptions } from './options.ts';
import { option, OptionError, words } from '../../words.ts';

/** The size at which a fast style measures its style picture: the shorter side from the options. */
export function sizeOfFastStyle(
  { height, width }: Picture,
  { styleSize }: TrainOptions,
): { height: number; width: number } {
  const factor = styleSize / Math.min(height, width);
  return { height: Math.round(height * factor), width: Math.round(width * factor) };
}

// Evaluated pixels for each pixel of a picture, over all scales; content is always evaluated at 1.
function pixelsSeen({ styleScales }: FastPerception): number {
  return [...new Set([1, ...styleScales])].reduce((sum, scale) => sum + scale ** 2, 0);
}

/** @throws InputError when the network has no output for the crops or the style picture, or memory would run out */
export function checkFastSizes(perception: FastPerception, style: Picture, options: TrainOptions): void {
  const { backbone, contentLayer, styleLayers, styleScales } = perception;
  const [forContent, forStyle] = [backbone.smallestSize([contentLayer]), backbone.smallestSize(styleLayers)];
  const reduced = Math.ceil(forStyle / Math.min(...styleScales));
  const smallest = Math.max(forContent, reduced);
  const advice =
    smallest > Math.max(forContent, forStyle)
      ? words`, or less with larger ${option('styleScales')}`
      : words``;
  for (const [name, value, least] of [
    ['size', options.size, smallest + 1], // seenFrom leaves out a row and a column
    ['styleSize', options.styleSize, smallest],
  ] as const) {
    if (value < least) {
      throw new OptionError(
        words`${option(name)}: at ${value} pixels ${backbone.name} has no output at the chosen layers; it must be at least ${least}${advice}`,
      );
    }
  }
  const { height, width } = sizeOfFastStyle(style, options);
  const { looking, training } = memoryOfTraining(perception, style, options);
  checkMemory(
    looking,
    undefined,
    words`lower ${option('styleSize')} (the style picture is ${width}x${height} now)`,
  );
  checkMemory(
    training,
    undefined,
    words`lower ${option('size')} (now ${options.size}) or ${option('batchSize')} (now ${options.batchSize})`,
  );
}

/** Estimated memory for measuring the style picture, and then for training, in bytes. */
export function memoryOfTraining(
  perception: FastPerception,
  style: Picture,
  options: TrainOptions,
): { readonly looking: number; readonly training: number } {
  const { height, width } = sizeOfFastStyle(style, options);
  const asOnePicture = { ...perception, enlargement: Math.sqrt(pixelsSeen(perception)) };
  return {
    looking: estimateMemory(asOnePicture, height, width, 0, 'looking'),
    training: estimateTrainingMemory(asOnePicture, options, options.size, options.batchSize),
  };
}

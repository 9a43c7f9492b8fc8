import type { Picture } from '../../image/index.ts';
import type { Perception } from '../perception.ts';
import type { Level } from './pyramid.ts';
import type { ResolvedStyle } from './options.ts';
import { option, OptionError, words } from '../../words.ts';

/** The size at which a style picture is measured. The book stretches it to the content; other presets keep its proportions. */
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
    throw new OptionError(
      words`${option('height')}: at ${coarsest.width}x${coarsest.height} ${backbone.name} has no output at the chosen layers; the shorter side must be at least ${smallest - 2 * border} pixels`,
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
    throw new OptionError(
      words`${name}: at ${width}x${height} ${backbone.name} has no output at the chosen layers; the shorter side must be at least ${smallest} pixels: raise ${option('styleSize')}, or crop the picture`,
    );
  }
}

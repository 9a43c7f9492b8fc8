import { inColor, maskOf, matchHistogram, resize, type Picture } from '../../image/index.ts';
import { matchedGrey } from './grey.ts';
import { blend, measureStyle, type StylePart } from './loss.ts';
import type { Perception } from '../perception.ts';
import { withBorder, type Level } from './pyramid.ts';
import type { ResolvedStyle } from './options.ts';
import { sizeOfStyle } from './sizes.ts';

/** A style picture, and where to paint it. */
export interface StylePicture {
  readonly picture: Picture;
  /** White where the style is painted. Default: everywhere. Of any size: it is stretched over the content. */
  readonly mask?: Picture | undefined;
  /** Name of the picture in messages, such as its file; default: `style` and its number. */
  readonly name?: string | undefined;
  /** Name of the mask in messages, such as its file; default: `mask` and its number. */
  readonly maskName?: string | undefined;
}

/**
 * The styles to paint at a size. Without masks all styles are painted everywhere, as their mean; with masks each in its place.
 * @param weights of the styles
 * @param content of that size
 */
export async function styleParts(
  perception: Perception,
  styles: readonly StylePicture[],
  weights: readonly number[],
  content: Picture,
  level: Level,
  resolved: ResolvedStyle,
): Promise<StylePart[]> {
  const { height, width } = level;
  const { keepColors, border, threads } = resolved;
  const parts: StylePart[] = [];
  for (const [index, { picture, mask }] of styles.entries()) {
    const scaled = resize(inColor(picture), sizeOfStyle(picture, level, resolved));
    const colored =
      keepColors === 'histogram'
        ? matchHistogram(scaled, content)
        : keepColors === 'luminance'
          ? matchedGrey(scaled, content)
          : scaled;
    parts.push({
      matrices: await measureStyle(perception, colored, threads),
      weight: weights[index]!,
      mask: mask === undefined ? undefined : borderedMask(mask, height, width, border),
    });
  }
  return parts.some(({ mask }) => mask !== undefined) ? parts : [blend(parts)];
}

function borderedMask(
  mask: Picture,
  height: number,
  width: number,
  border: number,
): NonNullable<StylePart['mask']> {
  const { data } = maskOf(mask, height, width);
  return withBorder({ channels: 1, height, width, data }, border);
}

import { type Backbone } from '../../pretrained/index.ts';
import { picture, type Picture } from '../../image/index.ts';
import { noise } from '../../image/testing/noise.ts';
import type { StyleEvent } from '../transfer/events.ts';
import { type StyleInput } from '../transfer/options.ts';
import { paint } from '../transfer/render.ts';
import { type StylePicture } from '../transfer/style-parts.ts';
import { tinyBackbone, tinyLayers } from './tiny-perception.ts';

/** With the preset of VGG: the book's losses, one size, no border. */
export const likeVgg = tinyBackbone({ name: 'vgg-tiny' });
/** With the preset of InceptionV3: normalised losses, enlarged, with a border, a pyramid. */
export const likeInception = tinyBackbone();

export const content = waves(24, 36, 1);
export const style: StylePicture = { picture: noise(5, 3, 20, 20) };
export const other: StylePicture = { picture: waves(20, 14, 9) };
export const quick: StyleInput = { ...tinyLayers, height: 24, rounds: 3, evaluations: 6, threads: 1 };

export async function all(events: AsyncIterable<StyleEvent>): Promise<StyleEvent[]> {
  const collected: StyleEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

export const of = <T extends StyleEvent['type']>(events: readonly StyleEvent[], type: T) =>
  events.filter((event): event is Extract<StyleEvent, { type: T }> => event.type === type);

export async function painting(
  options: StyleInput = {},
  {
    backbone = likeVgg,
    source = content,
    styles = [style],
  }: { backbone?: Backbone; source?: Picture; styles?: readonly StylePicture[] } = {},
): Promise<Picture> {
  const events = await all(paint(backbone, source, styles, { ...quick, ...options }));
  return of(events, 'done')[0]!.picture;
}

/** A picture of soft coloured waves. */
export function waves(height: number, width: number, seed: number): Picture {
  const size = height * width;
  const data = Float32Array.from({ length: 3 * size }, (_, i) => {
    const [channel, row, column] = [Math.floor(i / size), Math.floor(i / width) % height, i % width];
    return 127 + 90 * Math.sin((row * (channel + 1)) / 7 + seed) * Math.cos(column / 9 + channel);
  });
  return picture(3, height, width, data);
}

/** White in some columns. */
export function whereColumns(from: number, to: number, height: number, width: number): Picture {
  const data = Float32Array.from({ length: height * width }, (_, i) =>
    i % width >= from && i % width < to ? 255 : 0,
  );
  return picture(1, height, width, data);
}

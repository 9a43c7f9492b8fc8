import { InputError } from '@latentbrush/engine';
import { createHash, type Hash } from 'node:crypto';
import { availableMemory } from 'node:process';
import type { Backbone } from '../../pretrained/index.ts';
import { READING_RULES } from '../../data/index.ts';
import type { Picture } from '../../image/index.ts';
import { ContentCrops } from './content-crops.ts';
import type { TrainOptions } from './options.ts';
import type { FastSources } from './run.ts';
import { PairCrops, type PaintedPair } from './pair-crops.ts';
import type { FastPerception } from './loss.ts';
import { perceptionOf } from '../presets.ts';
import { checkFastSizes } from './sizes.ts';
import { option, OptionError, words } from '../../words.ts';

/** A style picture and pictures to learn on. */
export interface FastPictures {
  readonly style: { readonly name: string; readonly picture: Picture };
  /** Where the content pictures are from: a folder, by which they are found again. */
  readonly contentDir: string;
  /** Ordinary photographs of all kinds; the more the better. They are kept in memory, made small. */
  readonly contents: AsyncIterable<Picture> | Iterable<Picture>;
  /**
   * Pictures and how the slow form painted them in this style, if there are any: to paint them so counts as well, by `pairWeight`.
   * They teach what the slow form does with strokes and colours, which the losses of crops alone tell less of.
   */
  readonly pairs?:
    | {
        /** Where they are from, by which they are found again. */
        readonly dir: string;
        readonly pictures: AsyncIterable<PaintedPair> | Iterable<PaintedPair>;
      }
    | undefined;
}

/** What a fast style learns from. */
export interface FastData {
  readonly perception: FastPerception;
  readonly style: Picture;
  readonly styleName: string;
  readonly contents: ContentCrops;
  readonly pairs: PairCrops;
}

/**
 * Looks at the options and reads all pictures.
 * @param limit bytes that the pictures may take (default: half of the memory that is free)
 * @throws InputError when sizes do not fit, a layer does not exist, there are no pictures, or they are too many
 */
export async function prepare(
  backbone: Backbone,
  { style, contentDir, contents, pairs }: FastPictures,
  options: TrainOptions,
  limit = availableMemory() / 2,
): Promise<{ data: FastData; sources: FastSources }> {
  const perception = {
    ...perceptionOf(backbone, options, { enlargement: 1, smoothing: 0 }),
    styleScales: options.styleScales,
  };
  checkFastSizes(perception, style.picture, options);
  const crops = { contents: new ContentCrops(options.size), pairs: new PairCrops(options.size) };
  const checkBytes = (folder: string): void => {
    if (crops.contents.bytes + crops.pairs.bytes <= limit) return;
    throw new OptionError(
      words`${folder}: its pictures take more than ${(limit / 2 ** 30).toFixed(1)} GiB of memory after ${crops.contents.count + crops.pairs.count}; give fewer, or lower ${option('size')}`,
    );
  };
  const contentHash = createHash('sha256');
  for await (const content of contents) {
    crops.contents.add(content);
    checkBytes(contentDir);
    digest(contentHash, content);
  }
  if (crops.contents.count === 0) throw new InputError(`${contentDir}: there are no pictures to learn from`);
  const pairsHash = createHash('sha256');
  if (pairs !== undefined) {
    for await (const pair of pairs.pictures) {
      crops.pairs.add(pair);
      checkBytes(pairs.dir);
      digest(digest(pairsHash, pair.content), pair.painted);
    }
    if (crops.pairs.count === 0) throw new InputError(`${pairs.dir}: there are no pairs to learn from`);
  }
  return {
    data: { perception, style: style.picture, styleName: style.name, ...crops },
    sources: {
      style: style.name,
      contentDir,
      styleSha256: digest(createHash('sha256'), style.picture).digest('hex'),
      contentSha256: contentHash.digest('hex'),
      rules: READING_RULES,
      ...(pairs !== undefined && { pairsDir: pairs.dir, pairsSha256: pairsHash.digest('hex') }),
    },
  };
}

function digest(hash: Hash, { height, width, data }: Picture): Hash {
  return hash
    .update(`${width}x${height} `)
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

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

/** A style picture and training pictures. */
export interface FastPictures {
  readonly style: { readonly name: string; readonly picture: Picture };
  /** The source of the content pictures: a folder, for finding them again. */
  readonly contentDir: string;
  /** Ordinary photographs of all kinds; the more the better. They are stored in memory at a small size. */
  readonly contents: AsyncIterable<Picture> | Iterable<Picture>;
  /**
   * Pictures and their paintings in this style by style transfer, if any: the network also learns these, with weight `pairWeight`. They
   * teach the strokes and colours of style transfer better than only losses on crops.
   */
  readonly pairs?:
    | {
        /** Their source, for finding them again. */
        readonly dir: string;
        readonly pictures: AsyncIterable<PaintedPair> | Iterable<PaintedPair>;
      }
    | undefined;
}

/** The training data of a fast style. */
export interface FastData {
  readonly perception: FastPerception;
  readonly style: Picture;
  readonly styleName: string;
  readonly contents: ContentCrops;
  readonly pairs: PairCrops;
}

/**
 * Checks the options and reads all pictures. @param limit most bytes of the pictures (default: half of the free memory) @throws InputError
 * when sizes are wrong, a layer does not exist, or there are no pictures or too many
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

import { Random } from '@latentbrush/engine';
import { loadImageDataset, pictureAt } from '../../data/index.ts';
import { encodePicture, fitWithin, montage } from '../../image/index.ts';
import type { MapOptions } from '../models/latent-map.ts';

/** Pictures on a sheet. */
const SHOWN = 60;

/** Side of a picture on a sheet in pixels. */
const TILE = 64;

/** What a person sees of a data set before a training. */
export interface ContactSheet {
  /** Pictures of the data set. */
  readonly pictures: number;
  /** Its classes; none where there are none. */
  readonly classes: readonly string[];
  /** Files that cannot be used, and why: at most ten. */
  readonly leftOut: readonly string[];
  /** Some of its pictures, drawn at random: WebP in base64. */
  readonly sheet: string;
}

/**
 * Some pictures of a data set, and facts about it.
 * @param source path of a folder, or the name of a data set; one that is not on this machine is not downloaded
 * @throws InputError when it cannot be read
 */
export async function contactSheet(source: string, { dataDir }: MapOptions): Promise<ContactSheet> {
  const loaded = await loadImageDataset(source, {
    dataDir,
    offline: true,
    size: TILE,
  });
  const { train } = loaded;
  const chosen = [...new Random(1).permutation(train.count).slice(0, SHOWN)];
  const tiles = chosen.map((index) => fitWithin(pictureAt(train, index), TILE));
  const sheet = await encodePicture(montage(tiles, { columns: 12, gap: 4 }), 'webp', { quality: 82 });
  return {
    pictures: train.count,
    classes: [...new Set(train.labels)].slice(0, 1000),
    leftOut: train.skipped.slice(0, 10).map(({ reason }) => withoutFolders(reason)),
    sheet: Buffer.from(sheet).toString('base64'),
  };
}

/** A sentence without the folders of the person's files. */
function withoutFolders(sentence: string): string {
  return sentence.replace(/(?:[A-Za-z]:)?[\\/](?:[^\\/:]+[\\/])+/g, '');
}

import { Random } from '@latentbrush/engine';
import { loadImageDataset, pictureAt } from '../../data/index.ts';
import { Generator, ganRuns } from '../../gan/index.ts';
import { encodePicture, fitWithin, montage, type Picture } from '../../image/index.ts';
import { principalDirections, type Point, type PrincipalDirections } from '../../latent/index.ts';
import type { Run } from '../../runs/index.ts';
import { rulesOf } from '../../runs/dataset-record.ts';
import { readRun } from '../../runs/training-run.ts';
import { Vae, vaeRuns } from '../../vae/index.ts';
import { NotThereError } from '../queue/job-queue.ts';
import { checkpointTag } from './exported-models.ts';

/** Pictures on a map: enough to see its regions, few enough to compute in seconds. */
const MOST_PICTURES = 600;

/** Largest side of a picture on the sheet, in pixels. */
const MOST_TILE = 48;

/** Directions with sliders. */
const DIRECTIONS = 8;

/** Maximum number of maps in memory. */
const MOST_MAPS = 4;

/** Maximum number of threads of a map: trainings run at the same time. */
const THREADS = 2;

/** The positions of pictures in a latent space. For a VAE: those of its data set, by their means. For a GAN: random generated ones. */
export interface LatentMap {
  /** Points of the latent space, one for each picture. */
  readonly points: readonly (readonly number[])[];
  /** Their places on the map. For a VAE: coordinates along the first two directions, so that each place is a point, too. */
  readonly places: readonly (readonly [x: number, y: number])[];
  /** Whether `mean + x · directions[0] + y · directions[1]` is the point of a place. */
  readonly isPlane: boolean;
  /** Classes of the pictures, if there are any. */
  readonly labels: readonly string[];
  readonly mean: readonly number[];
  /** Unit directions, the one with the greatest variance first. */
  readonly directions: readonly (readonly number[])[];
  /** Standard deviation of the points along each direction. */
  readonly deviations: readonly number[];
  /** The sheet of the pictures: number of tiles in a row, side of a tile in pixels. */
  readonly sheet: { readonly columns: number; readonly tile: number };
  /** Changes with the checkpoint. */
  readonly tag: string;
}

/** A map and the sheet of its pictures, as WebP. */
export interface DrawnMap {
  readonly map: LatentMap;
  readonly sheet: Uint8Array<ArrayBuffer>;
}

/** Where to find data sets. */
export interface MapOptions {
  readonly dataDir?: string | undefined;
  readonly offline?: boolean | undefined;
}

/** Maps of latent spaces, drawn once for each checkpoint. */
export class LatentMaps {
  readonly #options: MapOptions;
  readonly #kept = new Map<string, Promise<DrawnMap>>();

  constructor(options: MapOptions = {}) {
    this.#options = options;
  }

  /**
   * The map of a run.
   * @throws NotThereError when a run of its system has no latent space
   * @throws InputError when it has no checkpoint yet, or its pictures no longer exist
   */
  async of(run: Run): Promise<DrawnMap> {
    if (run.system !== 'vae' && run.system !== 'gan')
      throw new NotThereError(`a run of ${run.system} has no latent space; open one of a VAE or a GAN`);
    const tag = await checkpointTag(run);
    const key = `${run.folder}\n${tag}`;
    const drawn = this.#kept.get(key) ?? drawMap(run, tag, this.#options);
    this.#kept.delete(key);
    this.#kept.set(key, drawn);
    for (const old of [...this.#kept.keys()].slice(0, -MOST_MAPS)) this.#kept.delete(old);
    drawn.catch(() => this.#kept.delete(key)); // it can succeed the next time
    return drawn;
  }
}

async function drawMap(run: Run, tag: string, options: MapOptions): Promise<DrawnMap> {
  const { points, pictures, labels } = await (run.system === 'vae'
    ? encoded(run.folder, options)
    : generated(run.folder));
  const directions =
    run.system === 'vae'
      ? await principalDirections(points, DIRECTIONS)
      : await visibleDirections(points, pictures);
  const tile = Math.min(MOST_TILE, pictures[0]?.width ?? 1);
  const columns = Math.ceil(Math.sqrt(pictures.length));
  const tiles = pictures.map((picture) => fitWithin(picture, tile));
  const sheet = await encodePicture(montage(tiles, { columns, gap: 0 }), 'webp', { quality: 85 });
  const { mean, deviations } = directions;
  return {
    map: {
      points: points.map(shortened),
      places: directions.places.map(([x = 0, y = 0]) => [short(x), short(y)] as const),
      isPlane: run.system === 'vae',
      labels: labels ?? [],
      mean: shortened(mean),
      directions: directions.directions.map(shortened),
      deviations: shortened(deviations),
      sheet: { columns, tile },
      tag,
    },
    sheet: new Uint8Array(sheet),
  };
}

interface Mapped {
  readonly points: Point[];
  readonly pictures: Picture[];
  readonly labels?: readonly string[] | undefined;
}

async function encoded(folder: string, { dataDir, offline }: MapOptions): Promise<Mapped> {
  const { architecture, dataset } = (await readRun(vaeRuns, folder)).extra;
  const { size, channels } = architecture;
  const { train } = await loadImageDataset(dataset.source, {
    dataDir,
    offline,
    size,
    channels,
    rules: rulesOf(dataset),
  });
  const chosen = [...new Random(1).permutation(train.count).slice(0, MOST_PICTURES)];
  const pictures = chosen.map((index) => pictureAt(train, index));
  const vae = await Vae.load(folder, { threads: THREADS });
  try {
    const points = (await vae.encode(pictures)).map(({ mean }) => mean);
    return { points, pictures, labels: train.labels && chosen.map((index) => train.labels![index]!) };
  } finally {
    await vae.release();
  }
}

async function generated(folder: string): Promise<Mapped> {
  const { classes } = (await readRun(ganRuns, folder)).extra;
  const generator = await Generator.load(folder, { threads: THREADS });
  try {
    const points = generator.draw(new Random(1), MOST_PICTURES / 2);
    const labels = classes.length === 0 ? undefined : points.map((_, index) => index % classes.length);
    const pictures = await generator.decode(points, labels);
    return { points, pictures, labels: labels?.map((label) => classes[label]!) };
  } finally {
    await generator.release();
  }
}

/**
 * Directions of a GAN's latent space. Its points have no principal directions, since they are drawn evenly around 0; so we use the
 * pictures: along each direction a principal component of the pixels grows most.
 */
async function visibleDirections(
  points: readonly Point[],
  pictures: readonly Picture[],
): Promise<PrincipalDirections> {
  const small = pictures.map((picture) => fitWithin(picture, 12).data);
  const { places, deviations } = await principalDirections(small, DIRECTIONS);
  const latent = points[0]?.length ?? 0;
  const directions = deviations.map((_, axis) => {
    const along = new Float32Array(latent);
    points.forEach((point, row) => {
      for (let i = 0; i < latent; i++) along[i] = along[i]! + point[i]! * places[row]![axis]!;
    });
    const length = Math.hypot(...along) || 1;
    return along.map((value) => value / length);
  });
  return { mean: new Float32Array(latent), directions, deviations: directions.map(() => 1), places };
}

/** Five digits: enough for a picture, with a third of the bytes. */
function short(value: number): number {
  return Number(value.toPrecision(5));
}

function shortened(values: ArrayLike<number>): number[] {
  return Array.from(values, short);
}

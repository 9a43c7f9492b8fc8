import { InputError } from '@latentbrush/engine';
import { createHash, type Hash } from 'node:crypto';
import type { Backbone } from '../backbones/index.ts';
import type { Picture } from '../image/index.ts';
import { parseOptions } from '../options.ts';
import { ContentCrops } from './content-crops.ts';
import type { FastEvent } from './fast-events.ts';
import { trainOptions, type TrainInput, type TrainOptions } from './fast-options.ts';
import { FastRun, type FastSources } from './fast-run.ts';
import { FastTraining, type FastMaterial } from './fast-training.ts';
import { perceptionOf, presetOf } from './presets.ts';
import { checkFastSizes } from './sizes.ts';

/** A style picture and pictures to learn on. */
export interface FastPictures {
  readonly style: { readonly name: string; readonly picture: Picture };
  /** Where the content pictures are from: a folder, by which they are found again. */
  readonly contentDir: string;
  /** Ordinary photographs of all kinds; the more the better. They are kept in memory, made small. */
  readonly contents: AsyncIterable<Picture> | Iterable<Picture>;
}

/**
 * Trains a small feed-forward network that paints any picture in one style at once (Johnson et al. 2016). Yields progress; the last
 * event holds the network.
 *
 * All randomness follows from the seed and the step, so the same pictures, options and thread count give the same losses, also
 * when training was interrupted and resumed.
 *
 * @param backbone the network that compares pictures, of the name the options say
 * @param options see `trainOptions`; with `run`, a folder, the run is kept there: options, metrics, samples, checkpoints
 * @param signal ends training after the current step, with a checkpoint
 * @throws InputError when options do not fit, the folder cannot be used, there are no pictures, or the loss is no number
 */
export async function* trainFast(
  backbone: Backbone,
  pictures: FastPictures,
  options: TrainInput & { readonly run?: string | undefined } = {},
  signal?: AbortSignal,
): AsyncGenerator<FastEvent, void, undefined> {
  const { run: folder, ...given } = options;
  const resolved = parseOptions(trainOptions, given);
  const { material, sources } = await prepare(backbone, pictures, resolved);
  const run = folder === undefined ? undefined : await FastRun.create(folder, sources, resolved);
  try {
    const training = await FastTraining.compile(material, resolved, run);
    yield* training.run(signal);
  } finally {
    await run?.close();
  }
}

/**
 * Goes on with a run from its last checkpoint.
 * @param pictures must be those the run was trained on
 * @param changes options that may differ from before
 * @throws InputError when the folder is no style run, its checkpoint is damaged, or the pictures are others
 */
export async function* resumeFast(
  folder: string,
  backbone: Backbone,
  pictures: FastPictures,
  changes: Pick<TrainInput, 'iterations' | 'threads'> = {},
  signal?: AbortSignal,
): AsyncGenerator<FastEvent, void, undefined> {
  const run = await FastRun.open(folder);
  try {
    const resolved = parseOptions(trainOptions, { ...run.options, ...changes });
    const { material, sources } = await prepare(backbone, pictures, resolved);
    run.checkSources(sources);
    const training = await FastTraining.compile(material, resolved, run, await run.lastCheckpoint());
    yield* training.run(signal);
  } finally {
    await run.close();
  }
}

async function prepare(
  backbone: Backbone,
  { style, contentDir, contents }: FastPictures,
  options: TrainOptions,
): Promise<{ material: FastMaterial; sources: FastSources }> {
  const perception = perceptionOf(backbone, options, {
    enlargement: presetOf(backbone.name).enlargement,
    smoothing: 0,
  });
  checkFastSizes(perception, style.picture, options);
  const crops = new ContentCrops(options.size);
  const hash = createHash('sha256');
  for await (const content of contents) {
    crops.add(content);
    digest(hash, content);
  }
  if (crops.count === 0) throw new InputError(`${contentDir}: there are no pictures to learn on`);
  return {
    material: {
      perception,
      style: style.picture,
      styleName: style.name,
      contents: crops,
    },
    sources: {
      style: style.name,
      contentDir,
      styleSha256: digest(createHash('sha256'), style.picture).digest('hex'),
      contentSha256: hash.digest('hex'),
    },
  };
}

function digest(hash: Hash, { height, width, data }: Picture): Hash {
  return hash
    .update(`${width}x${height} `)
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

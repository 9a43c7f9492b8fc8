import { InputError, Random } from '@latentbrush/engine';
import {
  BOOK_CONTRIBUTIONS,
  dreamOptions,
  noisePicture,
  type DreamOptions,
  type DreamPictures,
} from '../../dream/index.ts';
import {
  checkPixels,
  fitWithin,
  readMask,
  readPicture,
  type Picture,
  type Recipe,
} from '../../image/index.ts';
import type { Backbone } from '../../pretrained/index.ts';
import { readFrame, takenFirst } from '../animation-source.ts';
import type { JobWork } from '../job.ts';
import { recordInputs, type FolderInput } from '../recipe-inputs.ts';
import { jobRecipe } from '../recipe.ts';
import type { JobReport } from '../report.ts';
import { behindMask } from '../transparent-mask.ts';
import { option, words } from '../../words.ts';
import { loadNetwork } from './network.ts';
import type { CommonOptions, DreamInputs, SourceOptions } from './options.ts';

/** The request of every dream job. An exploration may draw the layers. */
export interface DreamRequest {
  readonly inputs: DreamInputs;
  readonly options: Omit<CommonOptions, 'layers'> & { readonly layers?: CommonOptions['layers'] | undefined };
}

/** The loaded inputs of a job. */
export interface LoadedDream {
  readonly backbone: Backbone;
  readonly pictures: DreamPictures;
}

/**
 * Loads the network, the guide and the mask.
 * @param name name of the input picture in messages
 * @param mixes whether layers are drawn if none were chosen
 */
export async function loadDream(
  request: DreamRequest,
  work: JobWork,
  { name, mixes = false }: { readonly name: string; readonly mixes?: boolean },
): Promise<LoadedDream> {
  const { guide, mask } = request.inputs;
  const { size, transparentMask } = request.options;
  for (const path of [guide, mask]) {
    const note = path === undefined ? undefined : await takenFirst(path);
    if (note !== undefined) await work.report.note(note);
  }
  const pictures = {
    name: size === undefined ? name : words`${name} (${option('size')} ${size})`,
    guide: guide === undefined ? undefined : await readPicture(guide),
    mask: mask === undefined ? undefined : await readMask(mask, behindMask({ transparentMask })),
  };
  return { backbone: await loadNetwork(request, work, mixes), pictures };
}

/** The options of the dream itself, with the book's layers if none were chosen. The job has checked them. */
export function dreamOf({ options }: DreamRequest): DreamOptions {
  const { layers = [...BOOK_CONTRIBUTIONS] } = options;
  const names = Object.keys(dreamOptions.shape) as (keyof DreamOptions)[];
  return Object.fromEntries(
    names.map((name) => [name, name === 'layers' ? layers : options[name]]),
  ) as DreamOptions;
}

/** The recorded options: with the book's layers if none were chosen. */
export function withLayers<Options extends CommonOptions>(options: Options): Options {
  return { ...options, layers: options.layers ?? BOOK_CONTRIBUTIONS };
}

/** A dream on one picture, or on noise. */
export interface SourceRequest {
  readonly inputs: { readonly picture?: string | undefined };
  readonly options: SourceOptions & Pick<CommonOptions, 'size' | 'seed'>;
}

/**
 * The picture to dream on, at the requested size.
 * @throws InputError when neither a picture nor noise was given, or both
 */
export async function sourceOf(
  { inputs: { picture }, options }: SourceRequest,
  report: JobReport,
): Promise<Picture> {
  const { noise, size, sourceFrame, seed } = options;
  if (picture !== undefined && noise !== undefined)
    throw new InputError(`dream: both a picture (${picture}) and noise were given; choose one`);
  if (noise !== undefined) {
    checkPixels('noise', noise);
    return noisePicture(noise.height, noise.width, new Random(seed).fork('noise'));
  }
  if (picture === undefined)
    throw new InputError('dream: neither a picture nor a size of noise was given; give one');
  const note = sourceFrame === undefined ? await takenFirst(picture) : undefined;
  if (note !== undefined) await report.note(note);
  const read = await readFrame(picture, sourceFrame);
  return size === undefined ? read : fitWithin(read, size);
}

/** Name of the input picture in messages. */
export function nameOfSource({ inputs: { picture } }: SourceRequest): string {
  return picture ?? 'noise';
}

/**
 * The recipe of a job of dreams.
 * @param job name of the job
 * @param options its options that are recorded
 * @param frames the input, if it is a folder of frames or an animation
 */
export async function dreamRecipe(
  job: string,
  { inputs, options }: DreamRequest & { readonly inputs: { readonly picture?: string | undefined } },
  frames?: string | FolderInput,
): Promise<Recipe> {
  const { picture, guide, mask, backbone, weights } = inputs;
  const recorded = await recordInputs({
    picture: [picture],
    frames: [frames],
    guide: [guide],
    mask: [mask],
    backbone: [backbone],
    weights: [weights],
  });
  const { backbone: name, transparentMask, ...rest } = options;
  return jobRecipe(job, recorded, {
    ...rest,
    ...(backbone === undefined && { backbone: name }),
    ...(mask !== undefined && { transparentMask }),
  });
}

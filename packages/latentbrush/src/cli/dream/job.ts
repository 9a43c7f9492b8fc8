import { isOnnxPath, type Backbone, type PreprocessingName } from '../../pretrained/index.ts';
import { dreamOptions, type DreamInput, type DreamPictures } from '../../dream/index.ts';
import { readMask, readPicture, recipe, type Recipe } from '../../image/index.ts';
import { parseOptions } from '../../options.ts';
import { noteFirst } from '../film-source.ts';
import type { JobContext } from '../job-context.ts';
import { behindMask, type TransparentMask } from '../transparent-mask.ts';
import { recordInputs, type PictureFolder } from '../recipe-inputs.ts';
import { loadNetwork } from './network.ts';

/** Everything that decides what a dream looks like, except its first picture. */
export interface DreamJob {
  /** Name of a network, or an .onnx file. */
  readonly backbone: string;
  readonly weights?: string | undefined;
  readonly preprocessing?: PreprocessingName | undefined;
  readonly options: DreamInput;
  readonly guide?: string | undefined;
  readonly mask?: string | undefined;
  /** What a transparent part of the mask counts as: black, or white as in version 0.1.0 (default: black). */
  readonly transparentMask?: TransparentMask | undefined;
  /** Whether an exploration mixes channels that were chosen, or their whole layers as in version 0.1.0 (default: channels). */
  readonly explores?: 'channels' | 'layers' | undefined;
  /** Longest side that a larger picture is brought to. */
  readonly size?: number | undefined;
}

/** What a job needs, loaded. */
export interface LoadedDream {
  readonly backbone: Backbone;
  readonly pictures: DreamPictures;
}

/**
 * Loads the network, the guide and the mask.
 * @param name what messages call the picture that is dreamed on
 * @param mixes whether layers will be drawn where none were chosen
 */
export async function loadDream(
  job: DreamJob,
  context: JobContext,
  { name, mixes = false }: { readonly name: string; readonly mixes?: boolean },
): Promise<LoadedDream> {
  for (const path of [job.guide, job.mask]) if (path !== undefined) await noteFirst(path, context.output);
  const pictures = {
    name: job.size === undefined ? name : `${name} (--size ${job.size})`,
    guide: job.guide === undefined ? undefined : await readPicture(job.guide),
    mask: job.mask === undefined ? undefined : await readMask(job.mask, behindMask(job)),
  };
  return { backbone: await loadNetwork(job, context, mixes), pictures };
}

/** What a job dreams on, where that is a file or a folder. */
export interface DreamedOn {
  readonly picture?: string | undefined;
  /** The folder of frames, or the animation. */
  readonly frames?: string | PictureFolder;
}

/** How a picture or a film is made by a job. */
export async function dreamRecipe(
  job: DreamJob,
  { picture, frames }: DreamedOn,
  extra: Readonly<Record<string, unknown>> = {},
): Promise<Recipe> {
  const { inputs, roles } = await recordInputs({
    picture: picture === undefined ? [] : [picture],
    frames: frames === undefined ? [] : [frames],
    guide: job.guide === undefined ? [] : [job.guide],
    mask: job.mask === undefined ? [] : [job.mask],
    backbone: isOnnxPath(job.backbone) ? [job.backbone] : [],
    weights: job.weights === undefined ? [] : [job.weights],
  });
  const { backbone, preprocessing, size } = job;
  const { seed, ...options } = parseOptions(dreamOptions, job.options);
  return recipe({
    system: 'dream',
    seed,
    options: {
      ...options,
      ...(!isOnnxPath(backbone) && { backbone }),
      ...(preprocessing !== undefined && { preprocessing }),
      ...(size !== undefined && { size }),
      ...(job.mask !== undefined && { transparentMask: job.transparentMask ?? 'black' }),
      ...extra,
      roles,
    },
    inputs,
  });
}

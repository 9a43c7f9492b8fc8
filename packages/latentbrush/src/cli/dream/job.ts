import { InputError } from '@latentbrush/engine';
import { loadBackbone, type Backbone, type PreprocessingName } from '../../backbones/index.ts';
import { BOOK_CONTRIBUTIONS, dreamOptions, type DreamInput, type DreamPictures } from '../../dream/index.ts';
import { readPicture, recipe, type Recipe } from '../../image/index.ts';
import { parseOptions } from '../../options.ts';
import type { JobContext } from '../job-context.ts';
import { isOnnx } from '../onnx-file.ts';
import { recordInputs, type PictureFolder } from '../recipe-inputs.ts';
import { weightsSource } from '../weights-flags.ts';

/** Everything that decides what a dream looks like, except its first picture. */
export interface DreamJob {
  /** Name of a network, or an .onnx file. */
  readonly backbone: string;
  readonly weights?: string | undefined;
  readonly preprocessing?: PreprocessingName | undefined;
  readonly options: DreamInput;
  readonly guide?: string | undefined;
  readonly mask?: string | undefined;
  /** Longest side that a larger picture is brought to. */
  readonly size?: number | undefined;
}

/** What a job needs, loaded. */
export interface LoadedDream {
  readonly backbone: Backbone;
  readonly pictures: DreamPictures;
}

/** Loads the network, the guide and the mask. */
export async function loadDream(
  job: DreamJob,
  { output, signal, ...flags }: JobContext,
): Promise<LoadedDream> {
  const pictures = {
    guide: job.guide === undefined ? undefined : await readPicture(job.guide),
    mask: job.mask === undefined ? undefined : await readPicture(job.mask),
  };
  const layers = job.options.layers ?? (isOnnx(job.backbone) ? [] : BOOK_CONTRIBUTIONS);
  const backbone = await loadBackbone(job.backbone, {
    ...weightsSource(flags, output),
    ...(job.weights !== undefined && { weights: job.weights }),
    ...(job.preprocessing !== undefined && { preprocessing: job.preprocessing }),
    layers: layers.map(({ layer }) => layer),
    signal,
  });
  if (layers.length === 0) {
    const half = backbone.layers.slice(Math.floor(backbone.layers.length / 2));
    const some = half.slice(0, 5).map(({ name }) => name);
    throw new InputError(
      `--layers: the book's layers are not in ${job.backbone}; name some of its own, as ${some.join(', ')} (all of them: latentbrush models layers)`,
    );
  }
  output.clearProgress();
  return { backbone, pictures };
}

/** What a job dreams on, where that is a file or a folder. */
export interface DreamedOn {
  readonly picture?: string | undefined;
  readonly frames?: PictureFolder;
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
    backbone: isOnnx(job.backbone) ? [job.backbone] : [],
    weights: job.weights === undefined ? [] : [job.weights],
  });
  const { backbone, preprocessing, size } = job;
  const { seed, ...options } = parseOptions(dreamOptions, job.options);
  return recipe({
    system: 'dream',
    seed,
    options: {
      ...options,
      ...(!isOnnx(backbone) && { backbone }),
      ...(preprocessing !== undefined && { preprocessing }),
      ...(size !== undefined && { size }),
      ...extra,
      roles,
    },
    inputs,
  });
}

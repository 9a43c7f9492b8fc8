import { isOnnxPath } from '../../pretrained/index.ts';
import { readMask, readPicture, recipe, type Picture, type Recipe } from '../../image/index.ts';
import { parseOptions } from '../../options.ts';
import {
  chooseBackbone,
  resolveStyle,
  styleOptions,
  type ChosenBackbone,
  type StyleInput,
  type StylePicture,
} from '../../style/index.ts';
import { readFrame, type FilmSource } from '../../jobs/film-source.ts';
import { noteFirst } from '../film-flags.ts';
import type { JobContext } from '../job-context.ts';
import type { Output } from '../output.ts';
import { behindMask, type TransparentMask } from '../../jobs/transparent-mask.ts';
import { recordInputs } from '../../jobs/recipe-inputs.ts';
import { weightsSource } from '../weights-flags.ts';

/** Everything that decides what a painting looks like. */
export interface StyleJob {
  readonly content: string;
  /** Which frame of an animation, from 1. */
  readonly contentFrame?: number | undefined;
  readonly styles: readonly string[];
  /** For the first styles, in their order. */
  readonly masks: readonly string[];
  /** What a transparent part of a mask counts as: black, or white as in version 0.1.0 (default: black). */
  readonly transparentMask?: TransparentMask | undefined;
  /** The network asked for; without it the best one at hand. */
  readonly backbone: string | undefined;
  readonly weights: string | undefined;
  readonly options: StyleInput;
}

/** The pictures of a job. */
export interface LoadedStyle {
  readonly content: Picture;
  readonly styles: readonly StylePicture[];
}

/** Reads the pictures. */
export async function readStylePictures(job: StyleJob, output: Output): Promise<LoadedStyle> {
  const styles = await readStyles(job, output);
  return { content: await readFrame(job.content, job.contentFrame), styles };
}

/** Reads the pictures of the styles and their masks. Of several pictures in a file the first is taken, and that is said. */
export async function readStyles(job: StyleJob, output: Output): Promise<StylePicture[]> {
  const { styles, masks } = job;
  for (const path of [...styles, ...masks]) await noteFirst(path, output);
  const loaded: StylePicture[] = [];
  for (const [index, path] of styles.entries()) {
    const mask = masks[index];
    loaded.push({
      picture: await readPicture(path),
      name: path,
      ...(mask !== undefined && { mask: await readMask(mask, behindMask(job)), maskName: mask }),
    });
  }
  return loaded;
}

/** Loads the network; says in a line when it is not the one of the book. */
export async function loadStyleBackbone(
  { backbone: asked, weights, options }: StyleJob,
  { output, signal, ...flags }: JobContext,
): Promise<ChosenBackbone> {
  const { contentLayer, styleLayers = [], pooling } = parseOptions(styleOptions, options);
  const chosen = await chooseBackbone(asked, {
    ...weightsSource(flags, output),
    ...(weights !== undefined && { weights }),
    layers: [...styleLayers, ...(contentLayer === undefined ? [] : [contentLayer])],
    pooling,
    signal,
  });
  output.clearProgress();
  if (chosen.fallback !== undefined) output.note(chosen.fallback);
  return chosen;
}

/**
 * How a picture is painted by a job with a network that was loaded for it.
 * @param film the frames in place of the one picture
 */
export async function styleRecipe(
  job: StyleJob,
  { backbone, fallback }: ChosenBackbone,
  film?: FilmSource,
): Promise<Recipe> {
  const { inputs, roles } = await recordInputs({
    content: film === undefined ? [job.content] : [],
    frames: film === undefined ? [] : [film.input],
    styles: job.styles,
    masks: job.masks,
    backbone: job.backbone !== undefined && isOnnxPath(job.backbone) ? [job.backbone] : [],
    weights: job.weights === undefined ? [] : [job.weights],
  });
  const { seed, ...options } = parseOptions(styleOptions, job.options);
  const resolved = resolveStyle(backbone.name, { ...options, seed });
  const chosen = Object.fromEntries(
    Object.keys(styleOptions.omit({ backbone: true }).shape).map((name) => [
      name,
      resolved[name as keyof typeof resolved],
    ]),
  );
  const name = fallback === undefined ? (job.backbone ?? backbone.name) : 'embedded';
  return recipe({
    system: 'style',
    seed,
    options: {
      ...chosen,
      ...(!isOnnxPath(name) && { backbone: name }),
      ...(job.masks.length > 0 && { transparentMask: job.transparentMask ?? 'black' }),
      ...(job.contentFrame !== undefined && { sourceFrame: job.contentFrame }),
      ...film?.recorded,
      roles,
    },
    inputs,
  });
}

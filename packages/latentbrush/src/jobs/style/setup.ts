import { type z } from 'zod';
import { counted } from '../../counted.ts';
import { readMask, readPicture, type Recipe } from '../../image/index.ts';
import {
  chooseBackbone,
  resolveStyle,
  styleOptions,
  type ChosenBackbone,
  type StyleOptions,
  type StylePicture,
} from '../../style/index.ts';
import { option, OptionError, words } from '../../words.ts';
import { takenFirst, type AnimationSource } from '../animation-source.ts';
import type { JobWork } from '../job.ts';
import { recordInputs } from '../recipe-inputs.ts';
import { jobRecipe } from '../recipe.ts';
import { behindMask } from '../transparent-mask.ts';
import { weightsSource } from '../weights-source.ts';
import type { paintOptions, styleInputs } from './options.ts';

/** The request of every painting. */
export interface PaintRequest {
  readonly inputs: z.output<z.ZodObject<typeof styleInputs>>;
  readonly options: z.output<z.ZodObject<typeof paintOptions>>;
}

/** The options of the painting itself, which the job has checked, with the network that was loaded for it. */
export function styleOf(
  { options }: PaintRequest,
  { backbone: { name: backbone } }: ChosenBackbone,
): StyleOptions {
  const names = Object.keys(styleOptions.shape) as (keyof StyleOptions)[];
  return Object.fromEntries(names.map((name) => [name, { ...options, backbone }[name]])) as StyleOptions;
}

/**
 * Reads the pictures of the styles and their masks. From a file with several pictures it uses the first, and says so.
 * @throws InputError when one cannot be read, or there are more masks than styles
 */
export async function readStyles({ inputs, options }: PaintRequest, work: JobWork): Promise<StylePicture[]> {
  const { styles, masks } = inputs;
  if (masks.length > styles.length) {
    throw new OptionError(
      words`${option('mask')}: ${masks.length} masks were given for ${counted(styles.length, 'style picture')}; give at most one for each`,
    );
  }
  for (const path of [...styles, ...masks]) {
    const note = await takenFirst(path);
    if (note !== undefined) await work.report.note(note);
  }
  const loaded: StylePicture[] = [];
  for (const [index, path] of styles.entries()) {
    const mask = masks[index];
    loaded.push({
      picture: await readPicture(path),
      name: path,
      ...(mask !== undefined && { mask: await readMask(mask, behindMask(options)), maskName: mask }),
    });
  }
  return loaded;
}

/** Loads the network; reports in one line when it is not the book's. */
export async function loadStyleBackbone(
  { inputs, options }: PaintRequest,
  { report, signal, dataDir, offline }: JobWork,
): Promise<ChosenBackbone> {
  const { contentLayer, styleLayers = [], pooling } = options;
  const chosen = await chooseBackbone(inputs.backbone ?? options.backbone, {
    ...weightsSource({ dataDir, offline }, report),
    ...(inputs.weights !== undefined && { weights: inputs.weights }),
    layers: [...styleLayers, ...(contentLayer === undefined ? [] : [contentLayer])],
    pooling,
    signal,
  });
  if (chosen.fallback !== undefined) await report.note(chosen.fallback);
  return chosen;
}

/**
 * The recipe of a painting, with the network that was loaded for it.
 * @param job its name
 * @param painted the picture or the animation
 * @param extra additional values to record
 */
export async function styleRecipe(
  job: string,
  request: PaintRequest,
  network: ChosenBackbone,
  painted: { readonly content: string } | { readonly animation: AnimationSource },
  extra: Readonly<Record<string, unknown>> = {},
): Promise<Recipe> {
  const { inputs, options } = request;
  const { backbone, fallback } = network;
  const recorded = await recordInputs({
    content: 'content' in painted ? [painted.content] : [],
    frames: 'animation' in painted ? [painted.animation.input] : [],
    styles: inputs.styles,
    masks: inputs.masks,
    backbone: [inputs.backbone],
    weights: [inputs.weights],
  });
  const { seed } = options;
  const resolved = resolveStyle(backbone.name, styleOf(request, network));
  const chosen = Object.fromEntries(
    Object.keys(styleOptions.omit({ backbone: true, maxMemory: true }).shape).map((name) => [
      name,
      resolved[name as keyof typeof resolved],
    ]),
  );
  const name = fallback === undefined ? (options.backbone ?? backbone.name) : 'embedded';
  return jobRecipe(job, recorded, {
    ...chosen,
    seed,
    ...(inputs.backbone === undefined && { backbone: name }),
    ...(inputs.masks.length > 0 && { transparentMask: options.transparentMask }),
    ...('animation' in painted && painted.animation.recorded),
    ...extra,
  });
}

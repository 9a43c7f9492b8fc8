import { InputError } from '@latentbrush/engine';
import type { Command } from 'commander';
import { counted } from '../../../counted.ts';
import { isPictureName } from '../../../data/index.ts';
import { isOnnxPath } from '../../../pretrained/index.ts';
import { styleOptions, type StyleInput } from '../../../style/index.ts';
import { targetOption } from '../../options/overwriting.ts';
import { addSchemaOptions, lengthGiven, numberGiven, schemaValues } from '../../options/schema-options.ts';
import { outputOptions } from '../../options/shared-options.ts';
import { varyFlag, type VaryFlag } from '../../options/vary-flag.ts';
import { weightsFlags, type SourceFlags } from '../../options/source-flags.ts';
import type { OutputOptions } from '../../terminal/output.ts';

/** Flags of `latentbrush style`, as given. */
export interface StyleFlags extends Record<string, unknown>, OutputOptions, SourceFlags, VaryFlag {
  readonly output?: string;
  readonly backbone?: string;
  readonly weights?: string;
  readonly mask?: readonly string[];
  readonly keepColors?: true | string;
  readonly pyramid?: true | string;
  readonly saveRounds: boolean;
  readonly frame?: string;
  readonly fps?: string;
}

/** Sizes of `--pyramid` without a number. */
const PYRAMID = 3;

/** Adds the flags of `latentbrush style`. */
export function styleFlags(command: Command): void {
  targetOption(
    command,
    '-o, --output <file>',
    'where to write: .png, .jpg, .webp ...; for an animation .gif, .webp, .mp4 or a folder (default: <content>-<style>.png; for an animation its own format)',
  );
  command
    .option(
      '--backbone <name>',
      'network that compares pictures: vgg19, vgg16, inception_v3, embedded (default: vgg19 if available, else embedded)',
    )
    .option(
      '--weights <file>',
      'weights of the network: Keras .h5 or .keras, PyTorch .pth, .safetensors, model.json, .onnx',
    );
  addSchemaOptions(command, styleOptions, ['backbone', 'keepColors', 'pyramid']);
  command
    .option(
      '--keep-colors [how]',
      'keep the colours of the content: luminance (paint only that) or histogram (give the style its colours first) (Gatys et al. 2016)',
    )
    .option(
      '--pyramid [sizes]',
      `number of sizes to paint, each twice the one before (vgg: 1, as in the book; inception_v3: 3; without a number: ${PYRAMID})`,
    )
    .option(
      '--mask <picture>',
      'mask of a style, white where it is painted; once for each style, in order',
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    )
    .option('--frame <n>', 'only this frame of an animation, counted from 1')
    .option('--fps <n>', 'frames per second of an animation (default: its own delays)')
    .option(
      '--no-save-rounds',
      'do not save the picture after each round in <output>-rounds/ (never for an animation)',
    );
  varyFlag(command);
  weightsFlags(command);
  outputOptions(command);
}

/**
 * The request of the arguments and flags for a painting job.
 * @throws InputError naming what is missing or wrong
 */
export function styleAsked(content: string | undefined, styles: readonly string[], given: StyleFlags) {
  refuseSwallowed(given);
  if (content === undefined || styles.length === 0)
    throw new InputError(
      'style: a picture and at least one style are needed, for example: latentbrush style photo.jpg painting.jpg',
    );
  const { weights, mask: masks = [], backbone, frame, fps } = given;
  checkMasks(masks, styles);
  const own = backbone !== undefined && isOnnxPath(backbone);
  return {
    content,
    inputs: { styles: [...styles], masks: [...masks], weights, ...(own && { backbone }) },
    options: { ...optionsOf(given), backbone: own ? undefined : backbone },
    sourceFrame: lengthGiven('--frame', frame),
    framesPerSecond: numberGiven('--fps', fps),
  };
}

/** Options of the painting that were given; the job checks them. */
function optionsOf(given: StyleFlags): StyleInput {
  return schemaValues(styleOptions, {
    ...given,
    backbone: undefined,
    keepColors: given.keepColors === true ? 'luminance' : given.keepColors,
    pyramid: given.pyramid === true ? PYRAMID : given.pyramid,
  });
}

function checkMasks(masks: readonly string[], styles: readonly string[]): void {
  if (masks.length <= styles.length) return;
  throw new InputError(
    `--mask: ${masks.length} masks were given for ${counted(styles.length, 'style picture')}; give at most one for each`,
  );
}

/** @throws InputError when an option with an optional value has consumed the picture after it */
function refuseSwallowed({ keepColors, pyramid }: StyleFlags): void {
  for (const [flag, value, example] of [
    ['--keep-colors', keepColors, 'luminance'],
    ['--pyramid', pyramid, PYRAMID],
  ] as const) {
    if (typeof value !== 'string' || !isPictureName(value)) continue;
    throw new InputError(
      `${flag}: "${value}" was read as its value; put ${flag} last, or write ${flag}=${example}`,
    );
  }
}

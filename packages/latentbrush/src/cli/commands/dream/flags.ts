import { InputError } from '@latentbrush/engine';
import { Option, type Command } from 'commander';
import {
  dreamOptions,
  EXPLORATION,
  parseContributions,
  VISUALIZATION,
  type DreamInput,
} from '../../../dream/index.ts';
import { parseSize } from '../../../image/index.ts';
import { isOnnxPath, preprocessings, type PreprocessingName } from '../../../pretrained/index.ts';
import { addOldFlags, withOldNames } from '../../options/old-flags.ts';
import { targetOption } from '../../options/overwriting.ts';
import {
  addSchemaOptions,
  flagsOf,
  lengthGiven,
  numberGiven,
  schemaValues,
} from '../../options/schema-options.ts';
import { outputOptions } from '../../options/shared-options.ts';
import { varyFlag, type VaryFlag } from '../../options/vary-flag.ts';
import { weightsFlags, type SourceFlags } from '../../options/source-flags.ts';
import type { OutputOptions } from '../../terminal/output.ts';

/** Flags of `latentbrush dream`, as given. */
export interface DreamFlags extends Record<string, unknown>, OutputOptions, SourceFlags, VaryFlag {
  readonly output?: string;
  readonly backbone: string;
  readonly weights?: string;
  readonly preprocessing?: PreprocessingName;
  readonly layers?: string;
  readonly guide?: string;
  readonly mask?: string;
  readonly size?: string;
  readonly noise?: string;
  readonly explore?: string;
  readonly zoom?: string;
  readonly frames?: string;
  readonly fps?: string;
  readonly carry?: string;
  readonly frame?: string;
  readonly saveOctaves?: boolean;
}

/** Adds the flags of `latentbrush dream`. */
export function dreamFlags(command: Command): void {
  targetOption(
    command,
    '-o, --output <file>',
    'where to write: .png, .jpg, .webp ...; for animations .gif, .webp, .mp4 or a folder (default: <picture>-dream.png; for an animation its own format)',
  );
  networkFlags(command);
  command.option(
    '--layers <mix>',
    'layers or channels to excite, with coefficients: layer=coefficient or layer:channel=coefficient; put a name with a comma, an equals sign or a space in double quotes, such as \'"a, b":7=2\'; in a file with the layers x and x:0, x:0 is the layer and \'"x":0\' the channel (default: mixed2=0.2,mixed3=3,mixed4=2,mixed5=1.5)',
  );
  addSchemaOptions(command, dreamOptions, ['layers']);
  addOldFlags(command, dreamOptions);
  command
    .option('--guide <picture>', 'dream towards the features of this picture')
    .option('--mask <picture>', 'dream only where this is white')
    .option('--size <n>', 'make a larger picture smaller first: its longest side in pixels')
    .option('--save-octaves', 'keep the picture after each octave too');
  varyFlag(command);
  modeFlags(command);
  weightsFlags(command);
  outputOptions(command);
}

function networkFlags(command: Command): void {
  command
    .option(
      '--backbone <name>',
      'inception_v3, embedded, resnet50, xception, vgg16, vgg19, or an .onnx file',
      'inception_v3',
    )
    .option(
      '--weights <file>',
      'weights of the network: Keras .h5 or .keras, PyTorch .pth, .safetensors, model.json, .onnx',
    )
    .addOption(
      new Option(
        '--preprocessing <name>',
        'preprocessing for the network of an .onnx file (default: imagenet)',
      ).choices(Object.keys(preprocessings)),
    );
}

/** Flags that begin elsewhere than with a picture, or make more than one of it. */
function modeFlags(command: Command): void {
  command
    .option(
      '--noise <WIDTHxHEIGHT>',
      `begin with noise of this size in place of a picture: feature visualisation, with other defaults: ${flagsOf(VISUALIZATION)}`,
    )
    .option(
      '--explore <n>',
      `number of random mixes of layers to try and show on one sheet, with ${flagsOf(EXPLORATION)} as default`,
    )
    .option('--zoom <x>', 'zoom into the dream: enlarge each frame by this factor, such as 1.05')
    .option('--frames <n>', 'frames of the zoom (default: 60)')
    .option('--frame <n>', 'only this frame of an animation, counted from 1')
    .option(
      '--fps <n>',
      'frames per second of an animation (default: 20; for an animated input its own delays)',
    )
    .option('--carry <x>', 'share of the last dream that the next frame starts with, 0 to 1 (default: 0.5)');
}

/**
 * The request of the flags, for any dream job.
 * @throws InputError naming the flag that is wrong
 */
export function dreamAsked(picture: string | undefined, given: DreamFlags) {
  const { size, noise, frame, backbone, preprocessing } = given;
  const inputs = inputsOf(picture, given);
  const common = {
    ...dreamOf(given),
    backbone: isOnnxPath(backbone) ? undefined : backbone,
    preprocessing,
    size: lengthGiven('--size', size),
  };
  const source = {
    noise: noise === undefined ? undefined : parseSize(noise, '--noise'),
    sourceFrame: lengthGiven('--frame', frame),
  };
  return {
    inputs,
    common,
    source,
    explore: numberGiven('--explore', given.explore),
    zoom: numberGiven('--zoom', given.zoom),
    frames: numberGiven('--frames', given.frames),
    framesPerSecond: numberGiven('--fps', given.fps),
    carry: numberGiven('--carry', given.carry),
  };
}

function inputsOf(picture: string | undefined, { noise, guide, mask, weights, backbone }: DreamFlags) {
  if (picture !== undefined && noise !== undefined)
    throw new InputError(`dream: a picture (${picture}) and --noise were given; choose one`);
  if (picture === undefined && noise === undefined)
    throw new InputError(
      'dream: no picture was given; name one, a folder of frames, or --noise WIDTHxHEIGHT',
    );
  return { picture, guide, mask, weights, ...(isOnnxPath(backbone) && { backbone }) };
}

/** Options of the dream that were given; the job checks them. */
function dreamOf({ layers, ...given }: DreamFlags): DreamInput {
  return {
    ...schemaValues(withOldNames(dreamOptions), given),
    ...(layers !== undefined && { layers: parseContributions(layers) }),
  };
}

import { InputError } from '@latentbrush/engine';
import { Command, Option } from 'commander';
import {
  dreamOptions,
  EXPLORATION,
  parseContributions,
  VISUALIZATION,
  type DreamInput,
} from '../../../dream/index.ts';
import { parseSize } from '../../../image/index.ts';
import { dreamExploreJob } from '../../../jobs/dream/explore.ts';
import { dreamFramesJob } from '../../../jobs/dream/frames.ts';
import { dreamPictureJob } from '../../../jobs/dream/picture.ts';
import { dreamZoomJob } from '../../../jobs/dream/zoom.ts';
import { animationEnding, isAnimationPath } from '../../../jobs/animation-source.ts';
import { isFolder, stemOf } from '../../../jobs/target-file.ts';
import { flagOf, parseOptions } from '../../../options.ts';
import { isOnnxPath, preprocessings, type PreprocessingName } from '../../../pretrained/index.ts';
import { commandContext, type CommandContext } from '../../options/command-context.ts';
import { checkAnimationTarget, checkFrameFlag } from '../../options/animation-flags.ts';
import type { OutputOptions } from '../../terminal/output.ts';
import { targetOption } from '../../options/overwriting.ts';
import { present } from '../../terminal/present.ts';
import { addSchemaOptions, flagsOf, lengthOf, numberOf, schemaValues } from '../../options/schema-options.ts';
import { outputOptions } from '../../options/shared-options.ts';
import { weightsFlags, type WeightsFlags } from '../../options/weights-flags.ts';
import { presentExploration } from './explored-mixes.ts';
import { modeOf, refuseIdleFlags, type DreamMode } from './modes.ts';

interface Given extends Record<string, unknown>, OutputOptions, WeightsFlags {
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

/** `latentbrush dream`. */
export function dreamCommand(): Command {
  const command = new Command('dream')
    .description(
      'Turn a picture into a DeepDream: change it step by step towards what excites the layers of a network, at several sizes.',
    )
    .argument('[picture]', 'a picture, or an animation: a GIF, a WebP, or a folder of frames');
  targetOption(
    command,
    '-o, --output <file>',
    'where to write: .png, .jpg, .webp ...; for animations .gif, .webp, .mp4 or a folder (default: <picture>-dream.png; an animation as it came)',
  );
  command
    .option(
      '--backbone <name>',
      'inception_v3, embedded, resnet50, xception, vgg16, vgg19, or an .onnx file',
      'inception_v3',
    )
    .option('--weights <file>', 'weights of the network: Keras .h5, .safetensors, model.json, .onnx')
    .addOption(
      new Option(
        '--preprocessing <name>',
        'what the network of an .onnx file expects (default: imagenet)',
      ).choices(Object.keys(preprocessings)),
    )
    .option(
      '--layers <mix>',
      'what to excite, and how much: layer=coefficient or layer:channel=coefficient; a name with a comma, an equals sign or a space goes in double quotes, as \'"a, b":7=2\'; in a file with the layers x and x:0, x:0 is the layer and \'"x":0\' the channel (default: mixed2=0.2,mixed3=3,mixed4=2,mixed5=1.5)',
    );
  addSchemaOptions(command, dreamOptions, ['layers']);
  command
    .option('--guide <picture>', 'dream towards the features of this picture')
    .option('--mask <picture>', 'dream only where this is white')
    .option('--size <n>', 'make a larger picture smaller first: its longest side in pixels')
    .option(
      '--noise <WIDTHxHEIGHT>',
      `begin with noise of this size in place of a picture: feature visualisation, with other defaults: ${flagsOf(VISUALIZATION)}`,
    )
    .option('--save-octaves', 'keep the picture after each octave too')
    .option(
      '--explore <n>',
      `try so many random mixes of layers and show them on one sheet, with ${flagsOf(EXPLORATION)} as default`,
    )
    .option('--zoom <x>', 'fall into the dream: each frame is nearer by this factor, as 1.05')
    .option('--frames <n>', 'frames of the zoom (default: 60)')
    .option('--frame <n>', 'of an animation only this frame, from 1')
    .option('--fps <n>', 'frames per second of an animation (default: 20; of an animation its own delays)')
    .option(
      '--carry <x>',
      'of the dream of a frame, the share that the next frame begins with, 0 to 1 (default: 0.5)',
    );
  weightsFlags(command);
  outputOptions(command);
  return command.action(async (picture: string | undefined, given: Given) => {
    await run(picture, given, commandContext(given));
  });
}

async function run(picture: string | undefined, given: Given, context: CommandContext): Promise<void> {
  const { output } = context;
  const { guide, mask, weights, preprocessing, backbone, dataDir, offline } = given;
  const dream = dreamOf(given);
  const inputs = inputsOf(picture, given);
  const size = given.size === undefined ? undefined : lengthOf('--size', given.size);
  const noise = given.noise === undefined ? undefined : parseSize(given.noise, '--noise');
  const sourceFrame = given.frame === undefined ? undefined : lengthOf('--frame', given.frame);
  const [explore, zoom, frames, framesPerSecond, carry] = NUMBERS.map((name) => numberGiven(given, name));
  if (picture !== undefined) await checkFrameFlag(picture, sourceFrame);
  const mode = modeOf(given, picture !== undefined && (await isAnimationPath(picture)));
  const target =
    given.output ?? `${picture === undefined ? 'noise' : stemOf(picture)}${await endingOf(mode, picture)}`;
  refuseIdleFlags(given, mode, target);
  const network = isOnnxPath(backbone) ? undefined : backbone;
  const common = { ...dream, backbone: network, preprocessing, size };
  const options = { ...common, noise, sourceFrame };
  switch (mode) {
    case 'exploration': {
      const request = { inputs, options: { ...options, explore }, output: target };
      const events = dreamExploreJob.run(request, context);
      return presentExploration({ ...request, context: { dataDir, offline } }, events, output);
    }
    case 'zoom': {
      const zooming = { ...options, zoom, frames, framesPerSecond };
      return present(dreamZoomJob.run({ inputs, options: zooming, output: target }, context), output);
    }
    case 'frames': {
      const animation = { guide, mask, weights, backbone: inputs.backbone, frames: picture! };
      await checkAnimationTarget(target, picture!);
      const request = { inputs: animation, options: { ...common, carry, framesPerSecond }, output: target };
      return present(dreamFramesJob.run(request, context), output);
    }
    case 'picture': {
      const { saveOctaves } = given;
      const request = { inputs, options: { ...options, saveOctaves }, output: target };
      return present(dreamPictureJob.run(request, context), output);
    }
  }
}

const NUMBERS = ['explore', 'zoom', 'frames', 'fps', 'carry'] as const;

/** What is appended to the name of the picture, where no other target was chosen. */
const DEFAULT_ENDINGS: Readonly<Record<DreamMode, string>> = {
  picture: '-dream.png',
  exploration: '-explore.png',
  zoom: '-dream.gif',
  frames: '-dream',
};

async function endingOf(mode: DreamMode, picture: string | undefined): Promise<string> {
  const ending = DEFAULT_ENDINGS[mode];
  const isAnimation = mode === 'frames' && picture !== undefined && !(await isFolder(picture));
  return isAnimation ? `${ending}${animationEnding(picture)}` : ending;
}

function inputsOf(picture: string | undefined, { noise, guide, mask, weights, backbone }: Given) {
  if (picture !== undefined && noise !== undefined)
    throw new InputError(`dream: a picture (${picture}) and --noise were given; choose one`);
  if (picture === undefined && noise === undefined)
    throw new InputError(
      'dream: no picture was given; name one, a folder of frames, or --noise WIDTHxHEIGHT',
    );
  return { picture, guide, mask, weights, ...(isOnnxPath(backbone) && { backbone }) };
}

/** Options of the dream that were given, checked. */
function dreamOf({ layers, ...given }: Given): DreamInput {
  const options: DreamInput = {
    ...schemaValues(dreamOptions, given),
    ...(layers !== undefined && { layers: parseContributions(layers) }),
  };
  parseOptions(dreamOptions, options); // before anything is loaded
  return options;
}

const numberGiven = (given: Given, name: string): number | undefined => {
  const text = given[name];
  return typeof text === 'string' ? numberOf(flagOf(name), text) : undefined;
};

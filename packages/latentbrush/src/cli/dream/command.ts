import { InputError } from '@latentbrush/engine';
import { Command, Option } from 'commander';
import { preprocessings, type PreprocessingName } from '../../pretrained/index.ts';
import {
  dreamOptions,
  EXPLORATION,
  parseContributions,
  VISUALIZATION,
  type DreamInput,
} from '../../dream/index.ts';
import { parseSize } from '../../image/index.ts';
import { flagOf, parseOptions } from '../../options.ts';
import { dreamExploration } from './exploration.ts';
import { dreamIntoZoom, dreamOnFrames } from './film.ts';
import type { DreamJob } from './job.ts';
import { modeOf, refuseIdleFlags, type DreamMode } from './modes.ts';
import { dreamPicture } from './picture.ts';
import type { DreamSource } from './source.ts';
import { checkFilmTarget, checkFrameFlag, filmEnding, isFilmPath, noteFirst } from '../film-source.ts';
import { abortOnInterrupt } from '../interrupt.ts';
import type { JobContext } from '../job-context.ts';
import { Output, type OutputOptions } from '../output.ts';
import { targetOption } from '../overwriting.ts';
import { addSchemaOptions, flagsOf, lengthOf, numberOf, schemaValues } from '../schema-options.ts';
import { outputOptions } from '../shared-options.ts';
import { isFolder, stemOf } from '../target-file.ts';
import { weightsFlags, type WeightsFlags } from '../weights-flags.ts';

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
    .argument('[picture]', 'a picture, or a film: an animated GIF or WebP, or a folder of frames');
  targetOption(
    command,
    '-o, --output <file>',
    'where to write: .png, .jpg, .webp ...; for films .gif, .webp, .mp4 or a folder (default: <picture>-dream.png; an animation as it came)',
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
    const { dataDir, offline } = given;
    const output = new Output(given);
    await run(picture, given, {
      output,
      signal: abortOnInterrupt(output),
      ...(dataDir !== undefined && { dataDir }),
      ...(offline !== undefined && { offline }),
    });
  });
}

async function run(picture: string | undefined, given: Given, context: JobContext): Promise<void> {
  const job = jobOf(given);
  const source = sourceOf(picture, given);
  if (source.type === 'picture') await checkFrameFlag(source.path, source.frame);
  const isFilm = source.type === 'picture' && (await isFilmPath(source.path));
  const mode = modeOf(given, isFilm);
  const { explore = 1, zoom = 1.05, frames = 60, fps: framesPerSecond, carry = 0.5 } = numbersOf(given);
  const target = given.output ?? `${nameOf(source)}${await endingOf(mode, source)}`;
  refuseIdleFlags(given, mode, target);
  if (source.type === 'picture') {
    if (mode === 'frames') await checkFilmTarget(target, source.path);
    else if (source.frame === undefined) await noteFirst(source.path, context.output);
  }
  switch (mode) {
    case 'exploration':
      return dreamExploration(job, source, explore, target, context);
    case 'zoom':
      return dreamIntoZoom(
        job,
        source,
        { frames, zoom, framesPerSecond: framesPerSecond ?? 20 },
        target,
        context,
      );
    case 'frames':
      return dreamOnFrames(job, picture!, { carry, framesPerSecond }, target, context);
    case 'picture':
      return dreamPicture(job, source, target, context, { saveOctaves: given.saveOctaves === true });
  }
}

/** What is appended to the name of the picture, where no other target was chosen. */
const DEFAULT_ENDINGS: Readonly<Record<DreamMode, string>> = {
  picture: '-dream.png',
  exploration: '-explore.png',
  zoom: '-dream.gif',
  frames: '-dream',
};

function nameOf(source: DreamSource): string {
  return source.type === 'noise' ? 'noise' : stemOf(source.path);
}

async function endingOf(mode: DreamMode, source: DreamSource): Promise<string> {
  const ending = DEFAULT_ENDINGS[mode];
  const isAnimation = mode === 'frames' && source.type === 'picture' && !(await isFolder(source.path));
  return isAnimation ? `${ending}${filmEnding(source.path)}` : ending;
}

const NUMBERS = ['explore', 'zoom', 'frames', 'fps', 'carry'] as const;

function numbersOf(given: Given): Partial<Record<(typeof NUMBERS)[number], number>> {
  return Object.fromEntries(
    NUMBERS.flatMap((name) => {
      const text = given[name];
      return text === undefined ? [] : [[name, numberOf(flagOf(name), text)] as const];
    }),
  );
}

function jobOf(given: Given): DreamJob {
  const { backbone, weights, preprocessing, layers, guide, mask, size } = given;
  const options: DreamInput = {
    ...(given.explore !== undefined && EXPLORATION),
    ...(given.noise !== undefined && VISUALIZATION),
    ...schemaValues(dreamOptions, { ...given, layers: undefined }),
    ...(layers !== undefined && { layers: parseContributions(layers) }),
  };
  parseOptions(dreamOptions, options, 'flag'); // before anything is loaded
  const longest = size === undefined ? undefined : lengthOf('--size', size);
  return { backbone, weights, preprocessing, options, guide, mask, size: longest };
}

function sourceOf(picture: string | undefined, { noise, frame }: Given): DreamSource {
  if (picture !== undefined && noise !== undefined)
    throw new InputError(`dream: a picture (${picture}) and --noise were given; choose one`);
  if (noise !== undefined) return { type: 'noise', ...parseSize(noise, '--noise') };
  if (picture !== undefined)
    return {
      type: 'picture',
      path: picture,
      frame: frame === undefined ? undefined : lengthOf('--frame', frame),
    };
  throw new InputError('dream: no picture was given; name one, a folder of frames, or --noise WIDTHxHEIGHT');
}

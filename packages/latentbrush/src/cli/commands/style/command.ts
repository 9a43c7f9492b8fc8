import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { counted } from '../../../counted.ts';
import { isPictureName } from '../../../data/index.ts';
import { countPictures } from '../../../image/index.ts';
import { animationEnding } from '../../../jobs/animation-source.ts';
import { stylePaintAnimationJob } from '../../../jobs/style/paint-animation.ts';
import { stylePaintJob } from '../../../jobs/style/paint.ts';
import { stemOf } from '../../../jobs/target-file.ts';
import { parseOptions } from '../../../options.ts';
import { isOnnxPath } from '../../../pretrained/index.ts';
import { styleOptions, type StyleInput } from '../../../style/index.ts';
import { commandContext } from '../../options/command-context.ts';
import { checkAnimationTarget, checkSpeedFlag } from '../../options/animation-flags.ts';
import type { OutputOptions } from '../../terminal/output.ts';
import { targetOption } from '../../options/overwriting.ts';
import { present } from '../../terminal/present.ts';
import { addSchemaOptions, lengthOf, numberOf, schemaValues } from '../../options/schema-options.ts';
import { outputOptions } from '../../options/shared-options.ts';
import { weightsFlags, type WeightsFlags } from '../../options/weights-flags.ts';
import { styleApplyCommand } from './apply.ts';
import { styleTrainCommand } from './train.ts';

interface Given extends Record<string, unknown>, OutputOptions, WeightsFlags {
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

/** `latentbrush style`. */
export function styleCommand(): Command {
  const command = new Command('style')
    .description(
      'Repaint a picture in the style of others (Gatys et al. 2015). For many pictures: train a fast style once, then apply it.',
    )
    .usage('<content> <style...> [options] | train <style> --content-dir <folder> | apply <run> <picture>')
    .argument('[content]', 'the picture to repaint, or an animated GIF or WebP')
    .argument('[style...]', 'one or more pictures whose style it gets');
  targetOption(
    command,
    '-o, --output <file>',
    'where to write: .png, .jpg, .webp ...; for an animation .gif, .webp, .mp4 or a folder (default: <content>-<style>.png; an animation as it came)',
  );
  command
    .option(
      '--backbone <name>',
      'network that compares pictures: vgg19, vgg16, inception_v3, embedded (default: vgg19 if it is here or can be fetched, else embedded)',
    )
    .option('--weights <file>', 'weights of the network: Keras .h5, .safetensors, model.json, .onnx');
  addSchemaOptions(command, styleOptions, ['backbone', 'keepColors', 'pyramid']);
  command
    .option(
      '--keep-colors [how]',
      'keep the colours of the content: luminance (paint only that) or histogram (give the style its colours first) (Gatys et al. 2016)',
    )
    .option(
      '--pyramid [sizes]',
      `paint at so many sizes, each twice the one before (vgg: 1, as in the book; inception_v3: 3; without a number: ${PYRAMID})`,
    )
    .option(
      '--mask <picture>',
      'where a style goes: white; once for each style, in their order',
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    )
    .option('--frame <n>', 'of an animation only this frame, from 1')
    .option('--fps <n>', 'frames per second of an animation (default: its own delays)')
    .option(
      '--no-save-rounds',
      'do not keep the picture after each round in <output>-rounds/ (never kept of an animation)',
    );
  weightsFlags(command);
  outputOptions(command);
  command.enablePositionalOptions(); // what comes after `train` is for that
  command.addCommand(styleTrainCommand()).addCommand(styleApplyCommand());
  return command.action(async (content: string | undefined, styles: readonly string[], given: Given) => {
    refuseSwallowed(given);
    if (content === undefined || styles.length === 0) {
      throw new InputError(
        'style: a picture and at least one style are needed, as: latentbrush style photo.jpg painting.jpg',
      );
    }
    const { weights, mask: masks = [], saveRounds, backbone } = given;
    checkMasks(masks, styles);
    const options = optionsOf(given);
    const sourceFrame = given.frame === undefined ? undefined : lengthOf('--frame', given.frame);
    const framesPerSecond = given.fps === undefined ? undefined : numberOf('--fps', given.fps);
    const isAnimated = sourceFrame === undefined && (await countPictures(content)).isAnimation;
    const output =
      given.output ??
      `${stemOf(content)}-${stemOf(styles[0]!)}${isAnimated ? animationEnding(content) : '.png'}`;
    if (isAnimated) await checkAnimationTarget(output, content);
    checkSpeedFlag(framesPerSecond, isAnimated, output);
    const own = backbone !== undefined && isOnnxPath(backbone);
    const inputs = { styles: [...styles], masks: [...masks], weights, ...(own && { backbone }) };
    const common = { ...options, backbone: own ? undefined : backbone };
    const context = commandContext(given);
    const events = isAnimated
      ? stylePaintAnimationJob.run(
          { inputs: { ...inputs, frames: content }, options: { ...common, framesPerSecond }, output },
          context,
        )
      : stylePaintJob.run(
          { inputs: { ...inputs, content }, options: { ...common, sourceFrame, saveRounds }, output },
          context,
        );
    await present(events, context.output);
  });
}

/** Options of the painting that were given, checked before anything is loaded. */
function optionsOf(given: Given): StyleInput {
  const options = schemaValues(styleOptions, {
    ...given,
    backbone: undefined,
    keepColors: given.keepColors === true ? 'luminance' : given.keepColors,
    pyramid: given.pyramid === true ? PYRAMID : given.pyramid,
  }) as StyleInput;
  parseOptions(styleOptions, options);
  return options;
}

function checkMasks(masks: readonly string[], styles: readonly string[]): void {
  if (masks.length <= styles.length) return;
  throw new InputError(
    `--mask: ${masks.length} masks were given for ${counted(styles.length, 'style picture')}; give at most one for each`,
  );
}

/** @throws InputError when an option that may stand alone has taken a picture that stood after it for its value */
function refuseSwallowed({ keepColors, pyramid }: Given): void {
  for (const [flag, value, example] of [
    ['--keep-colors', keepColors, 'luminance'],
    ['--pyramid', pyramid, PYRAMID],
  ] as const) {
    if (typeof value !== 'string' || !isPictureName(value)) continue;
    throw new InputError(
      `${flag}: "${value}" was taken for its value; put ${flag} last, or write ${flag}=${example}`,
    );
  }
}

import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { extname } from 'node:path';
import { animationEnding, isAnimationPath } from '../../../jobs/animation-source.ts';
import { styleApplyAnimationJob } from '../../../jobs/style/apply-animation.ts';
import { styleApplyFolderJob } from '../../../jobs/style/apply-folder.ts';
import { styleApplyJob } from '../../../jobs/style/apply.ts';
import { isFolder, stemOf } from '../../../jobs/target-file.ts';
import { readRun } from '../../../runs/training-run.ts';
import { styleRuns } from '../../../style/index.ts';
import { commandContext, type CommandContext } from '../../options/command-context.ts';
import { checkAnimationTarget, checkFrameFlag, checkSpeedFlag } from '../../options/animation-flags.ts';
import { isAnimation } from '../../../jobs/latent/animation.ts';
import type { OutputOptions } from '../../terminal/output.ts';
import { targetOption } from '../../options/overwriting.ts';
import { present } from '../../terminal/present.ts';
import { lengthGiven, numberGiven } from '../../options/schema-options.ts';
import { checkVaryFlag, variationsGiven, varyFlag, type VaryFlag } from '../../options/vary-flag.ts';
import { outputOptions, unusedSeedOption } from '../../options/shared-options.ts';

interface Given extends OutputOptions, VaryFlag {
  readonly output?: string;
  readonly size?: string;
  readonly threads?: string;
  readonly checkpoint?: string;
  readonly fps?: string;
  readonly frame?: string;
}

/** `latentbrush style apply`. */
export function styleApplyCommand(): Command {
  const command = new Command('apply')
    .description('Paint pictures of any size with a trained style, about a second for each.')
    .argument('<run>', 'folder of a style run, or a run of the package, such as pretrained:starry-night')
    .argument('<picture>', 'a picture, an animated GIF or WebP, or a folder of pictures or frames');
  targetOption(
    command,
    '-o, --output <path>',
    'where to write: a picture; for an animation or a folder .gif, .webp, .mp4 or another folder (default: <picture>-<style>)',
  );
  command
    .option('--size <n>', 'longest side in pixels; larger pictures are made smaller first')
    .option('--frame <n>', 'use only this frame of an animation, counted from 1')
    .option(
      '--fps <n>',
      'frames per second of an animation (default: the delays of the input animation, else 20)',
    )
    .option('--checkpoint <which>', 'latest, best, or the step of a kept checkpoint (default: latest)')
    .option('--threads <n>', 'processor threads (default: all)');
  varyFlag(command);
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (run: string, source: string, given: Given) => {
    await apply({ run, source, given, ...applyAsked(given) }, commandContext(given));
  });
}

/** The flags of a job that paints with a trained style. */
function applyAsked({ size, threads, fps, frame, checkpoint }: Given) {
  return {
    options: {
      size: lengthGiven('--size', size),
      threads: lengthGiven('--threads', threads),
      checkpoint,
    },
    framesPerSecond: numberGiven('--fps', fps),
    sourceFrame: lengthGiven('--frame', frame),
  };
}

/** The input and the style. */
interface Applied extends ReturnType<typeof applyAsked> {
  readonly run: string;
  readonly source: string;
  readonly given: Given;
}

async function apply(
  { run, source, given, options, framesPerSecond, sourceFrame }: Applied,
  context: CommandContext,
): Promise<void> {
  await checkFrameFlag(source, sourceFrame);
  const inFolder = await isFolder(source);
  const isAnimated = !inFolder && (await isAnimationPath(source)) && sourceFrame === undefined;
  if (isAnimated && given.output !== undefined) await checkAnimationTarget(given.output, source);
  const isMoving = isAnimated || (given.output !== undefined && isAnimation(given.output));
  checkSpeedFlag(framesPerSecond, isMoving, given.output ?? '.gif');
  checkVaryFlag(given, isMoving || inFolder);
  const vary = variationsGiven(styleApplyJob, given);
  const named = async (ending: string): Promise<string> =>
    given.output ?? `${stemOf(source)}-${await styleOfRun(run)}${ending}`;
  if (isAnimated || (inFolder && isMoving)) {
    const output = await named(animationEnding(source));
    const request = { inputs: { run, frames: source }, options: { ...options, framesPerSecond }, output };
    return present(styleApplyAnimationJob.run(request, context), context.output);
  }
  if (inFolder) {
    if (given.output !== undefined) await checkFolderName(given.output, source);
    const request = { inputs: { run, pictures: source }, options, output: await named('') };
    return present(styleApplyFolderJob.run(request, context), context.output);
  }
  const output = await named(vary === undefined ? '.png' : '-variations.png');
  const request = { inputs: { run, picture: source }, options: { ...options, sourceFrame, vary }, output };
  return present(styleApplyJob.run(request, context), context.output);
}

/** Name of the style picture of a run, without folder and extension. */
async function styleOfRun(run: string): Promise<string> {
  return stemOf((await readRun(styleRuns, run)).extra.style);
}

/** @throws InputError when the target looks like a picture but must be a folder */
async function checkFolderName(target: string, source: string): Promise<void> {
  if (extname(target) === '' || (await isFolder(target))) return;
  throw new InputError(
    `${target}: is the name of a picture, but ${source} is a folder; choose a name without an extension, or one that ends in .gif, .webp or .mp4`,
  );
}

import { Command } from 'commander';
import { animationEnding, isAnimationPath } from '../../../jobs/animation-source.ts';
import { dreamExploreJob } from '../../../jobs/dream/explore.ts';
import { dreamFramesJob } from '../../../jobs/dream/frames.ts';
import { dreamPictureJob } from '../../../jobs/dream/picture.ts';
import { dreamZoomJob } from '../../../jobs/dream/zoom.ts';
import { isFolder, stemOf } from '../../../jobs/target-file.ts';
import { checkAnimationTarget, checkFrameFlag } from '../../options/animation-flags.ts';
import { commandContext, type CommandContext } from '../../options/command-context.ts';
import { variationsGiven } from '../../options/vary-flag.ts';
import { present } from '../../terminal/present.ts';
import { presentWithMixes } from './explored-mixes.ts';
import { dreamAsked, dreamFlags, type DreamFlags } from './flags.ts';
import { modeOf, refuseIdleFlags, type DreamMode } from './modes.ts';

/** `latentbrush dream`. */
export function dreamCommand(): Command {
  const command = new Command('dream')
    .description(
      'Turn a picture into a DeepDream: change it step by step, at several sizes, so that layers of a network respond more strongly.',
    )
    .argument('[picture]', 'a picture, or an animation: a GIF, a WebP, or a folder of frames');
  dreamFlags(command);
  return command.action(async (picture: string | undefined, given: DreamFlags) => {
    await dream(picture, given, commandContext(given));
  });
}

async function dream(picture: string | undefined, given: DreamFlags, context: CommandContext): Promise<void> {
  const asked = dreamAsked(picture, given);
  const { inputs, common, source, framesPerSecond } = asked;
  if (picture !== undefined) await checkFrameFlag(picture, source.sourceFrame);
  const mode = modeOf(given, picture !== undefined && (await isAnimationPath(picture)));
  const output = given.output ?? (await defaultTarget(given.vary === undefined ? mode : 'sheet', picture));
  refuseIdleFlags(given, mode, output);
  const options = { ...common, ...source };
  switch (mode) {
    case 'exploration': {
      const request = { inputs, options: { ...options, explore: asked.explore }, output };
      return presentWithMixes(dreamExploreJob.run(request, context), request, context);
    }
    case 'zoom': {
      const { zoom, frames } = asked;
      const request = { inputs, options: { ...options, zoom, frames, framesPerSecond }, output };
      return present(dreamZoomJob.run(request, context), context.output);
    }
    case 'frames': {
      const { picture: frames, ...others } = inputs;
      await checkAnimationTarget(output, frames!);
      const moving = { ...common, carry: asked.carry, framesPerSecond };
      const request = { inputs: { ...others, frames: frames! }, options: moving, output };
      return present(dreamFramesJob.run(request, context), context.output);
    }
    case 'picture': {
      const vary = variationsGiven(dreamPictureJob, given);
      const own = { ...options, saveOctaves: given.saveOctaves, vary };
      const request = { inputs, options: own, output };
      return present(dreamPictureJob.run(request, context), context.output);
    }
  }
}

/** The extension of the default target. */
const DEFAULT_ENDINGS: Readonly<Record<DreamMode | 'sheet', string>> = {
  picture: '-dream.png',
  sheet: '-variations.png',
  exploration: '-explore.png',
  zoom: '-dream.gif',
  frames: '-dream',
};

async function defaultTarget(mode: DreamMode | 'sheet', picture: string | undefined): Promise<string> {
  if (picture === undefined) return `noise${DEFAULT_ENDINGS[mode]}`;
  const isAnimation = mode === 'frames' && !(await isFolder(picture));
  return `${stemOf(picture)}${DEFAULT_ENDINGS[mode]}${isAnimation ? animationEnding(picture) : ''}`;
}

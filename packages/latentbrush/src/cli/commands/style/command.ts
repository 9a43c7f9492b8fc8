import { Command } from 'commander';
import { countPictures } from '../../../image/index.ts';
import { animationEnding } from '../../../jobs/animation-source.ts';
import { stylePaintAnimationJob } from '../../../jobs/style/paint-animation.ts';
import { stylePaintJob } from '../../../jobs/style/paint.ts';
import { stemOf } from '../../../jobs/target-file.ts';
import { checkAnimationTarget, checkSpeedFlag } from '../../options/animation-flags.ts';
import { commandContext, type CommandContext } from '../../options/command-context.ts';
import { checkVaryFlag, variationsGiven } from '../../options/vary-flag.ts';
import { present } from '../../terminal/present.ts';
import { styleApplyCommand } from './apply.ts';
import { styleAsked, styleFlags, type StyleFlags } from './flags.ts';
import { styleTrainCommand } from './train.ts';

/** `latentbrush style`. */
export function styleCommand(): Command {
  const command = new Command('style')
    .description(
      'Repaint a picture in the style of other pictures (Gatys et al. 2015). For many pictures, train a fast style once, then apply it.',
    )
    .usage('<content> <style...> [options] | train <style> --content-dir <folder> | apply <run> <picture>')
    .argument('[content]', 'the picture to repaint, or an animated GIF or WebP')
    .argument('[style...]', 'one or more pictures that give the style');
  styleFlags(command);
  command.enablePositionalOptions(); // arguments after `train` belong to that command
  command.addCommand(styleTrainCommand()).addCommand(styleApplyCommand());
  return command.action(async (content: string | undefined, styles: readonly string[], given: StyleFlags) => {
    await paint(styleAsked(content, styles, given), given, commandContext(given));
  });
}

async function paint(
  { content, inputs, options, sourceFrame, framesPerSecond }: ReturnType<typeof styleAsked>,
  { output: target, saveRounds, ...given }: StyleFlags,
  context: CommandContext,
): Promise<void> {
  const isAnimated = sourceFrame === undefined && (await countPictures(content)).isAnimation;
  checkVaryFlag(given, isAnimated);
  const vary = variationsGiven(stylePaintJob, given);
  const ending = isAnimated ? animationEnding(content) : '.png';
  const sheet = vary === undefined ? '' : '-variations';
  const output = target ?? `${stemOf(content)}-${stemOf(inputs.styles[0]!)}${sheet}${ending}`;
  if (isAnimated) await checkAnimationTarget(output, content);
  checkSpeedFlag(framesPerSecond, isAnimated, output);
  if (isAnimated) {
    const request = {
      inputs: { ...inputs, frames: content },
      options: { ...options, framesPerSecond },
      output,
    };
    return present(stylePaintAnimationJob.run(request, context), context.output);
  }
  const request = {
    inputs: { ...inputs, content },
    // For variations only the sheet is kept.
    options: { ...options, sourceFrame, saveRounds: saveRounds && vary === undefined, vary },
    output,
  };
  return present(stylePaintJob.run(request, context), context.output);
}

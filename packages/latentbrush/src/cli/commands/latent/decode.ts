import { Command } from 'commander';
import { decodeJobs } from '../../../jobs/latent/decode.ts';
import { commandContext } from '../../options/command-context.ts';
import { present } from '../../terminal/present.ts';
import { latentFlags, modelOptionsOf, runHelp, type LatentFlags, type LatentName } from './flags.ts';
import { POINT_HELP, pointsGiven } from './points.ts';

/** `latentbrush vae decode` and `latentbrush gan decode`. */
export function decodeCommand(system: LatentName): Command {
  const command = new Command('decode')
    .description(
      'Make pictures of points of the latent space, on one sheet. Into a folder each goes by itself, at its own size and named by its seed or its place.',
    )
    .argument('<run>', runHelp(system))
    .argument('<points...>', POINT_HELP[system]);
  latentFlags(command, system, 'where to write: a picture or a folder (default: decoded.png)');
  return command.action(async (run: string, args: readonly string[], given: LatentFlags) => {
    const context = commandContext(given);
    const { points, files } = pointsGiven(args, system);
    const options = { ...modelOptionsOf(given), points };
    const request = { inputs: { run, files }, options, output: given.output ?? 'decoded.png' };
    await present(decodeJobs[system].run(request, context), context.output);
  });
}

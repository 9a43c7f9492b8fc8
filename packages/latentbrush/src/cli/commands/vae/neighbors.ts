import { Command } from 'commander';
import { vaeNeighborsJob } from '../../../jobs/vae/neighbors.ts';
import { commandContext } from '../../options/command-context.ts';
import { latentFlags, lengthGiven, modelOptionsOf, runHelp, type LatentFlags } from '../latent/flags.ts';
import { POINT_HELP, pointsGiven } from '../latent/points.ts';
import { present } from '../../terminal/present.ts';

interface Given extends LatentFlags {
  readonly count?: string;
  readonly neighbors?: string;
}

/** `latentbrush vae neighbors`. */
export function vaeNeighborsCommand(): Command {
  const command = new Command('neighbors')
    .description(vaeNeighborsJob.about)
    .argument('<run>', runHelp('vae'))
    .argument('[points...]', `${POINT_HELP.vae} (default: random points)`)
    .option('--count <n>', 'random points (default: 8)')
    .option('--neighbors <n>', 'pictures beside each (default: 7)');
  latentFlags(command, 'vae', 'where to write (default: neighbors.png)');
  return command.action(async (run: string, args: readonly string[], given: Given) => {
    const context = commandContext(given);
    const { points, files } = pointsGiven(args, 'vae');
    const options = {
      ...modelOptionsOf(given),
      points,
      count: lengthGiven('--count', given.count),
      neighbors: lengthGiven('--neighbors', given.neighbors),
    };
    const request = { inputs: { run, files }, options, output: given.output ?? 'neighbors.png' };
    await present(vaeNeighborsJob.run(request, context), context.output);
  });
}

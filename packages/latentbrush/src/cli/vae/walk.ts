import { Command, Option } from 'commander';
import { wayThrough, type InterpolationMethod } from '../../latent/index.ts';
import { sheetScale } from '../../vae/index.ts';
import { animated } from '../latent-film.ts';
import { lengthOf, numberOf } from '../schema-options.ts';
import { VaeSession, vaeFlags, type VaeFlags } from './session.ts';

interface Given extends VaeFlags {
  readonly points?: string;
  readonly steps?: string;
  readonly method: InterpolationMethod;
  readonly fps?: string;
}

/** `latentbrush vae walk`. */
export function vaeWalkCommand(): Command {
  const command = new Command('walk')
    .description(
      'Walk through the latent space from random point to random point and back to the first, as an animation.',
    )
    .argument('<run>', 'folder of a VAE run')
    .option('--points <n>', 'points on the way (default: 8)')
    .option('--steps <n>', 'frames from one to the next (default: 20)')
    .addOption(
      new Option('--method <name>', 'straight, or along the sphere around 0')
        .choices(['linear', 'spherical'])
        .default('spherical'),
    )
    .option('--fps <n>', 'frames per second (default: 20)');
  vaeFlags(command, 'where to write: .gif, .webp or .mp4 (default: walk.gif)');
  return command.action((folder: string, given: Given) =>
    VaeSession.use(folder, given, async (session) => {
      const { vae, output, random } = session;
      const points = given.points === undefined ? 8 : lengthOf('--points', given.points);
      const steps = given.steps === undefined ? 20 : lengthOf('--steps', given.steps);
      const framesPerSecond = given.fps === undefined ? 20 : numberOf('--fps', given.fps);
      session.checkCount(points * steps, '--points and --steps');
      const way = wayThrough(vae.draw(random, points), steps, given.method, { closed: true });
      const frames = await vae.decode(way);
      const scale = sheetScale(vae.model.architecture.size) * 2;
      await animated(given.output ?? 'walk.gif', frames, scale, framesPerSecond, output);
    }),
  );
}

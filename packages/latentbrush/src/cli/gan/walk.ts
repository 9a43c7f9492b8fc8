import { Command, Option } from 'commander';
import { wayThrough, type InterpolationMethod } from '../../latent/index.ts';
import { enlargement } from '../enlargement.ts';
import { animated } from '../latent-film.ts';
import { lengthOf, numberOf } from '../schema-options.ts';
import { GanSession, ganFlags, type GanFlags } from './session.ts';

interface Given extends GanFlags {
  readonly points?: string;
  readonly steps?: string;
  readonly method: InterpolationMethod;
  readonly fps?: string;
}

/** `latentbrush gan walk`. */
export function ganWalkCommand(): Command {
  const command = new Command('walk')
    .description(
      'Walk through the latent space from random point to random point and back to the first, as an animation.',
    )
    .argument('<run>', 'folder of a GAN run')
    .option('--points <n>', 'points on the way (default: 8)')
    .option('--steps <n>', 'frames from one to the next (default: 20)')
    .addOption(
      new Option('--method <name>', 'straight, or along the sphere around 0')
        .choices(['linear', 'spherical'])
        .default('spherical'),
    )
    .option('--fps <n>', 'frames per second (default: 20)');
  ganFlags(command, 'where to write: .gif, .webp or .mp4 (default: walk.gif)');
  return command.action((folder: string, given: Given) =>
    GanSession.use(folder, given, async (session) => {
      const points = given.points === undefined ? 8 : lengthOf('--points', given.points);
      const steps = given.steps === undefined ? 20 : lengthOf('--steps', given.steps);
      const framesPerSecond = given.fps === undefined ? 20 : numberOf('--fps', given.fps);
      session.checkCount(points * steps, '--points and --steps');
      const way = wayThrough(session.draw(points), steps, given.method, { closed: true });
      const pictures = await session.generateAlike(way);
      const scale = enlargement(session.generator.model.architecture.size, 256);
      await animated(given.output ?? 'walk.gif', pictures, scale, framesPerSecond, session.output);
    }),
  );
}

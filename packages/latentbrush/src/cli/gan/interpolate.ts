import { Command, Option } from 'commander';
import { montage } from '../../image/index.ts';
import { wayThrough, type InterpolationMethod } from '../../latent/index.ts';
import { enlargement } from '../enlargement.ts';
import { animated, isAnimation } from '../latent-film.ts';
import { lengthOf, numberOf } from '../schema-options.ts';
import { writeMade } from '../sheet-target.ts';
import { GanSession, ganFlags, type GanFlags } from './session.ts';

interface Given extends GanFlags {
  readonly steps?: string;
  readonly method: InterpolationMethod;
  readonly fps?: string;
}

/** `latentbrush gan interpolate`. */
export function ganInterpolateCommand(): Command {
  const command = new Command('interpolate')
    .description('Show the way from one random point to another, and on, as a strip or an animation.')
    .argument('<run>', 'folder of a GAN run')
    .argument('<seeds...>', 'two or more points, each by the seed it is drawn with, as: 7 12 3')
    .option('--steps <n>', 'from one point to the next (default: 10; 24 for animations)')
    .addOption(
      new Option('--method <name>', 'straight, or along the sphere around 0')
        .choices(['linear', 'spherical'])
        .default('spherical'),
    )
    .option('--fps <n>', 'frames per second of an animation (default: 20)');
  ganFlags(command, 'where to write: a picture, or .gif, .webp, .mp4 (default: interpolation.png)');
  return command.action((folder: string, seeds: readonly string[], given: Given) =>
    GanSession.use(folder, given, async (session) => {
      const target = given.output ?? 'interpolation.png';
      const moving = isAnimation(target);
      const steps = given.steps === undefined ? (moving ? 24 : 10) : lengthOf('--steps', given.steps);
      const framesPerSecond = given.fps === undefined ? 20 : numberOf('--fps', given.fps);
      session.checkCount((seeds.length - 1) * steps + 1, '--steps');
      const way = wayThrough(
        seeds.map((seed) => session.pointOf(seed)),
        steps,
        given.method,
      );
      const { size } = session.generator.model.architecture;
      if (moving) {
        const pictures = session.generateAlikeStream(way);
        const film = { pictures, total: way.length, scale: enlargement(size, 256), framesPerSecond };
        await animated(target, film, session);
        return;
      }
      await writeMade(target, session, async () => ({
        picture: montage(await session.generateAlike(way), {
          columns: steps + 1,
          gap: 2,
          scale: enlargement(size),
        }),
      }));
    }),
  );
}

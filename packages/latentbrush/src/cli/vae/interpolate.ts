import { Command, Option } from 'commander';
import { wayThrough, type InterpolationMethod } from '../../latent/index.ts';
import { animated, isAnimation } from '../latent-film.ts';
import { lengthOf, numberOf } from '../schema-options.ts';
import { writeMade } from '../sheet-target.ts';
import { gridSheet, sheetScale } from '../../vae/index.ts';
import { POINT_HELP, pointOf } from './point-argument.ts';
import { VaeSession, vaeFlags, type VaeFlags } from './session.ts';

interface Given extends VaeFlags {
  readonly steps?: string;
  readonly method: InterpolationMethod;
  readonly fps?: string;
}

/** `latentbrush vae interpolate`. */
export function vaeInterpolateCommand(): Command {
  const command = new Command('interpolate')
    .description(
      'Show the way from one point of the latent space to another, and on, as a strip or an animation.',
    )
    .argument('<run>', 'folder of a VAE run')
    .argument('<points...>', POINT_HELP)
    .option('--steps <n>', 'from one point to the next (default: 10; 24 for animations)')
    .addOption(
      new Option('--method <name>', 'straight, or along the sphere around 0')
        .choices(['linear', 'spherical'])
        .default('linear'),
    )
    .option('--fps <n>', 'frames per second of an animation (default: 20)');
  vaeFlags(command, 'where to write: a picture, or .gif, .webp, .mp4 (default: interpolation.png)');
  return command.action((folder: string, points: readonly string[], given: Given) =>
    VaeSession.use(folder, given, async (session) => {
      const target = given.output ?? 'interpolation.png';
      const moving = isAnimation(target);
      const steps = given.steps === undefined ? (moving ? 24 : 10) : lengthOf('--steps', given.steps);
      const framesPerSecond = given.fps === undefined ? 20 : numberOf('--fps', given.fps);
      session.checkCount((points.length - 1) * steps + 1, '--steps');
      const found: Float32Array[] = [];
      for (const point of points) found.push(await pointOf(point, session));
      const way = wayThrough(found, steps, given.method);
      const { vae } = session;
      if (moving) {
        const scale = sheetScale(vae.model.architecture.size);
        const film = { pictures: vae.decodeStream(way), total: way.length, scale, framesPerSecond };
        await animated(target, film, session);
      } else {
        await writeMade(target, session, async () => ({ picture: await gridSheet(vae, way, steps + 1) }));
      }
    }),
  );
}

import { Command } from 'commander';
import { sheetScale } from '../../vae/index.ts';
import { WALK_TARGET, walkFlags, writeWalk, type WalkFlags } from '../latent-walk.ts';
import { VaeSession, vaeFlags, type VaeFlags } from './session.ts';

/** `latentbrush vae walk`. */
export function vaeWalkCommand(): Command {
  const command = new Command('walk')
    .description(
      'Walk through the latent space from random point to random point and back to the first, as an animation.',
    )
    .argument('<run>', 'folder of a VAE run');
  walkFlags(command);
  vaeFlags(command, WALK_TARGET);
  return command.action((folder: string, given: VaeFlags & WalkFlags) =>
    VaeSession.use(folder, given, (session) =>
      writeWalk(given, {
        draw: (count) => session.vae.draw(session.random, count),
        picturesOf: (points) => session.vae.decodeStream(points),
        checkCount: (count, flags) => session.checkCount(count, flags),
        scale: sheetScale(session.vae.model.architecture.size) * 2,
        output: session.output,
        signal: session.signal,
      }),
    ),
  );
}

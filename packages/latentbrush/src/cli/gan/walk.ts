import { Command } from 'commander';
import { enlargement } from '../enlargement.ts';
import { WALK_TARGET, walkFlags, writeWalk, type WalkFlags } from '../latent-walk.ts';
import { GanSession, ganFlags, type GanFlags } from './session.ts';

/** `latentbrush gan walk`. */
export function ganWalkCommand(): Command {
  const command = new Command('walk')
    .description(
      'Walk through the latent space from random point to random point and back to the first, as an animation.',
    )
    .argument('<run>', 'folder of a GAN run');
  walkFlags(command);
  ganFlags(command, WALK_TARGET);
  return command.action((folder: string, given: GanFlags & WalkFlags) =>
    GanSession.use(folder, given, (session) =>
      writeWalk(given, {
        draw: (count) => session.draw(count),
        picturesOf: (points) => session.generateAlikeStream(points),
        checkCount: (count, flags) => session.checkCount(count, flags),
        scale: enlargement(session.generator.model.architecture.size, 256),
        output: session.output,
        signal: session.signal,
      }),
    ),
  );
}

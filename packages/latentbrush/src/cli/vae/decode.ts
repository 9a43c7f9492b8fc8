import { Command } from 'commander';
import { gridSheet } from '../../vae/index.ts';
import { writeMade } from '../sheet-target.ts';
import { POINT_HELP, pointOf } from './point-argument.ts';
import { VaeSession, vaeFlags, type VaeFlags } from './session.ts';

/** `latentbrush vae decode`. */
export function vaeDecodeCommand(): Command {
  const command = new Command('decode')
    .description('Make pictures of points of the latent space.')
    .argument('<run>', 'folder of a VAE run')
    .argument('<points...>', POINT_HELP);
  vaeFlags(command, 'where to write (default: decoded.png)');
  return command.action((folder: string, points: readonly string[], given: VaeFlags) =>
    VaeSession.use(folder, given, async (session) => {
      await writeMade(given.output ?? 'decoded.png', session, async () => {
        const found: Float32Array[] = [];
        for (const point of points) found.push(await pointOf(point, session));
        return { picture: await gridSheet(session.vae, found, Math.ceil(Math.sqrt(found.length))) };
      });
    }),
  );
}

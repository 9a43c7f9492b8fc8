import { Command } from 'commander';
import { gridSheet } from '../../vae/index.ts';
import { lengthOf } from '../schema-options.ts';
import { writeMade } from '../sheet-target.ts';
import { VaeSession, vaeFlags, type VaeFlags } from './session.ts';

interface Given extends VaeFlags {
  readonly count?: string;
}

/** `latentbrush vae sample`. */
export function vaeSampleCommand(): Command {
  const command = new Command('sample')
    .description('Draw random points of the latent space and show their pictures.')
    .argument('<run>', 'folder of a VAE run')
    .option('--count <n>', 'how many (default: 64)');
  vaeFlags(command, 'where to write (default: samples.png)');
  return command.action((folder: string, given: Given) =>
    VaeSession.use(folder, given, async (session) => {
      const { vae, random, seed } = session;
      const count = given.count === undefined ? 64 : lengthOf('--count', given.count);
      session.checkCount(count, '--count');
      await writeMade(given.output ?? 'samples.png', session, async () => {
        const points = vae.draw(random, count);
        return {
          picture: await gridSheet(vae, points, Math.ceil(Math.sqrt(count))),
          told: { seed, points: points.map((point) => [...point]) },
        };
      });
    }),
  );
}

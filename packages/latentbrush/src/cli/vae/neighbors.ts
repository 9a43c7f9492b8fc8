import { Command } from 'commander';
import { nearestPictures, pictureAt } from '../../data/index.ts';
import { montage } from '../../image/index.ts';
import { sheetScale } from '../../vae/index.ts';
import { lengthOf } from '../schema-options.ts';
import { writeMade } from '../sheet-target.ts';
import { POINT_HELP, pointOf } from './point-argument.ts';
import { VaeSession, vaeFlags, type VaeFlags } from './session.ts';

interface Given extends VaeFlags {
  readonly count?: string;
  readonly neighbors?: string;
}

/** `latentbrush vae neighbors`. */
export function vaeNeighborsCommand(): Command {
  const command = new Command('neighbors')
    .description(
      'Show pictures that the model makes, each with the most similar pictures it was trained on, to see that it is new.',
    )
    .argument('<run>', 'folder of a VAE run')
    .argument('[points...]', `${POINT_HELP} (default: random points)`)
    .option('--count <n>', 'random points (default: 8)')
    .option('--neighbors <n>', 'pictures beside each (default: 7)');
  vaeFlags(command, 'where to write (default: neighbors.png)');
  return command.action((folder: string, given: readonly string[], flags: Given) =>
    VaeSession.use(folder, flags, async (session) => {
      const { vae, random } = session;
      const count = flags.count === undefined ? 8 : lengthOf('--count', flags.count);
      const neighbors = flags.neighbors === undefined ? 7 : lengthOf('--neighbors', flags.neighbors);
      session.checkCount(given.length > 0 ? given.length : count, '--count');
      await writeMade(flags.output ?? 'neighbors.png', session, async () => {
        const points: Float32Array[] = [];
        for (const point of given) points.push(await pointOf(point, session));
        const made = await vae.decode(given.length > 0 ? points : vae.draw(random, count));
        const dataset = await session.dataset();
        const tiles = made.flatMap((picture) => [
          picture,
          ...nearestPictures(dataset, picture, neighbors).map(({ index }) => pictureAt(dataset, index)),
        ]);
        const scale = sheetScale(vae.model.architecture.size);
        return { picture: montage(tiles, { columns: neighbors + 1, gap: 2, scale }) };
      });
    }),
  );
}

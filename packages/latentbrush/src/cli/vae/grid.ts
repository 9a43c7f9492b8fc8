import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { gridPoints, gridSheet } from '../../vae/index.ts';
import { lengthOf, numberOf } from '../schema-options.ts';
import { writeMade } from '../sheet-target.ts';
import { VaeSession, vaeFlags, type VaeFlags } from './session.ts';

interface Given extends VaeFlags {
  readonly count?: string;
  readonly axes?: string;
}

/** `latentbrush vae grid`. */
export function vaeGridCommand(): Command {
  const command = new Command('grid')
    .description(
      "Show a plane of the latent space as a grid of pictures, at the quantiles of the normal distribution from 0.05 to 0.95: the book's figure.",
    )
    .argument('<run>', 'folder of a VAE run')
    .option('--count <n>', 'pictures a side (default: 15)')
    .option('--axes <i,j>', 'which two dimensions, from 0: to the right, downwards (default: 0,1)');
  vaeFlags(command, 'where to write (default: grid.png)');
  return command.action((folder: string, given: Given) =>
    VaeSession.use(folder, given, async (session) => {
      const { vae } = session;
      const count = given.count === undefined ? 15 : lengthOf('--count', given.count);
      if (count > 64) throw new InputError(`--count: ${count} was given; at most 64 a side are drawn`);
      session.checkCount(count ** 2, '--count');
      const { latent } = vae.model.architecture;
      const axes = axesOf(given.axes, latent);
      await writeMade(given.output ?? 'grid.png', session, async () => ({
        picture: await gridSheet(vae, gridPoints(count, latent, axes), count),
        told: { count, axes },
      }));
    }),
  );
}

function axesOf(text: string | undefined, latent: number): readonly [number, number] {
  if (text === undefined) return [0, Math.min(1, latent - 1)];
  const [first, second, ...more] = text.split(',').map((part) => numberOf('--axes', part));
  const inside = (axis: number | undefined): axis is number =>
    axis !== undefined && Number.isInteger(axis) && axis >= 0 && axis < latent;
  if (inside(first) && inside(second) && first !== second && more.length === 0) return [first, second];
  throw new InputError(
    `--axes: "${text}" was given; two different numbers from 0 to ${latent - 1} are needed, as 0,1`,
  );
}

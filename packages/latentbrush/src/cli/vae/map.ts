import { Command, Option } from 'commander';
import { pictureAt } from '../../data/index.ts';
import { project, scatter, type ProjectionMethod } from '../../latent/index.ts';
import { lengthOf } from '../schema-options.ts';
import { writeMade } from '../sheet-target.ts';
import { VaeSession, vaeFlags, type VaeFlags } from './session.ts';

interface Given extends VaeFlags {
  readonly method: ProjectionMethod;
  readonly count?: string;
}

/** `latentbrush vae map`. */
export function vaeMapCommand(): Command {
  const command = new Command('map')
    .description(
      'Draw where the pictures of the data set lie in the latent space, coloured by class; more than two dimensions are projected.',
    )
    .argument('<run>', 'folder of a VAE run')
    .argument('[dataset]', 'other pictures (default: those of the run)')
    .addOption(
      new Option('--method <name>', 'umap keeps neighbours together, pca is a straight projection')
        .choices(['umap', 'pca'])
        .default('umap'),
    )
    .option('--count <n>', 'pictures, drawn at random (default: 2000)');
  vaeFlags(command, 'where to write (default: map.png)');
  return command.action((folder: string, source: string | undefined, given: Given) =>
    VaeSession.use(folder, given, async (session) => {
      const { vae, random } = session;
      const count = given.count === undefined ? 2000 : lengthOf('--count', given.count);
      await writeMade(given.output ?? 'map.png', session, async () => {
        const dataset = source === undefined ? await session.dataset() : await session.pictures(source);
        const chosen = [...random.fork('pictures').permutation(dataset.count).slice(0, count)];
        const encoded = await vae.encode(chosen.map((index) => pictureAt(dataset, index)));
        const points = await project(
          encoded.map(({ mean }) => mean),
          given.method,
          random.fork('projection'),
        );
        const labels = dataset.labels && chosen.map((index) => dataset.labels![index]!);
        return { picture: scatter(points, { labels }), told: { pictures: chosen.length } };
      });
    }),
  );
}

import { Command } from 'commander';
import { pictureAt } from '../../data/index.ts';
import { readPicture, type Picture } from '../../image/index.ts';
import { reconstructionSheet } from '../../vae/index.ts';
import { noteFirst } from '../film-flags.ts';
import { lengthOf } from '../schema-options.ts';
import { writeMade } from '../sheet-target.ts';
import { VaeSession, vaeFlags, type VaeFlags } from './session.ts';

interface Given extends VaeFlags {
  readonly count?: string;
}

/** `latentbrush vae reconstruct`. */
export function vaeReconstructCommand(): Command {
  const command = new Command('reconstruct')
    .description('Show pictures, and below each what is left of it after the way through the latent space.')
    .argument('<run>', 'folder of a VAE run')
    .argument('[pictures...]', 'picture files (default: some of the data set)')
    .option('--count <n>', 'pictures of the data set (default: 20)');
  vaeFlags(command, 'where to write (default: reconstructions.png)');
  return command.action((folder: string, files: readonly string[], given: Given) =>
    VaeSession.use(folder, given, async (session) => {
      const count = given.count === undefined ? 20 : lengthOf('--count', given.count);
      await writeMade(given.output ?? 'reconstructions.png', session, async () => {
        const pictures = files.length > 0 ? await read(files, session) : await someOf(count, session);
        return { picture: await reconstructionSheet(session.vae, pictures) };
      });
    }),
  );
}

async function read(files: readonly string[], { vae, output }: VaeSession): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for (const file of files) {
    await noteFirst(file, output);
    pictures.push(vae.fitted(await readPicture(file)));
  }
  return pictures;
}

async function someOf(count: number, session: VaeSession): Promise<Picture[]> {
  const dataset = await session.dataset();
  const order = session.random.fork('pictures').permutation(dataset.count);
  return [...order.slice(0, count)].map((index) => pictureAt(dataset, index));
}

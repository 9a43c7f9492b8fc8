import { Command } from 'commander';
import { writeFileAtomic } from '../../files/atomic-file.ts';
import { readPicture } from '../../image/index.ts';
import { noteFirst } from '../film-flags.ts';
import { willWrite } from '../../jobs/files-in-use.ts';
import { stemOf } from '../../jobs/target-file.ts';
import { VaeSession, vaeFlags, type VaeFlags } from './session.ts';

/** `latentbrush vae encode`. */
export function vaeEncodeCommand(): Command {
  const command = new Command('encode')
    .description('Find the point of the latent space where a picture lies, and write it as JSON.')
    .argument('<run>', 'folder of a VAE run')
    .argument('<picture>', 'a picture file');
  vaeFlags(command, 'where to write (default: <picture>.json)');
  return command.action((folder: string, picture: string, given: VaeFlags) =>
    VaeSession.use(folder, given, async ({ vae, output }) => {
      await noteFirst(picture, output);
      const path = given.output ?? `${stemOf(picture)}.json`;
      await willWrite(path);
      const [encoded] = await vae.encode([vae.fitted(await readPicture(picture))]);
      const { mean, logVar } = encoded!;
      const point = { mean: [...mean], logVar: [...logVar] };
      await writeFileAtomic(path, `${JSON.stringify(point)}\n`);
      output.event({ type: 'done', path, ...point });
      output.text(`${path}: ${point.mean.map((value) => value.toFixed(3)).join(', ')}\n`);
    }),
  );
}

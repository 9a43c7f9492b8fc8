import { Command } from 'commander';
import { gridSheet, sheetScale } from '../../vae/index.ts';
import { bendFlags, writeBent, type BendFlags } from '../bending.ts';
import { POINT_HELP, pointOf } from './point-argument.ts';
import { VaeSession, vaeFlags, type VaeFlags } from './session.ts';

interface Given extends VaeFlags, BendFlags {
  readonly output?: string;
}

/** `latentbrush vae bend`. */
export function vaeBendCommand(): Command {
  const command = new Command('bend')
    .description('Move pictures along a concept, in steps: less of it to the left, more to the right.')
    .argument('<run>', 'folder of a VAE run')
    .argument('<pictures...>', POINT_HELP);
  bendFlags(command, 'vae concept');
  vaeFlags(command, 'where to write: a picture, or .gif, .webp, .mp4 (default: bent.png)');
  return command.action((folder: string, pictures: readonly string[], given: Given) =>
    VaeSession.use(folder, given, async (session) => {
      const { vae, output, signal } = session;
      const points = async (): Promise<Float32Array[]> => {
        const found: Float32Array[] = [];
        for (const picture of pictures) found.push(await pointOf(picture, session));
        return found;
      };
      const shown = {
        command: 'vae bend',
        points,
        sheet: (bent: readonly Float32Array[], columns: number) => gridSheet(vae, bent, columns),
        frames: (bent: readonly Float32Array[]) => vae.decodeStream(bent),
        form: vae.model.architecture,
        scale: sheetScale(vae.model.architecture.size) * 2,
        output,
        signal,
      };
      await writeBent(given, shown);
    }),
  );
}

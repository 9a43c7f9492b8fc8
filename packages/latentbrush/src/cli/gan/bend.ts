import { Command } from 'commander';
import { montage } from '../../image/index.ts';
import type { Point } from '../../latent/index.ts';
import { bendFlags, writeBent, type BendFlags } from '../bending.ts';
import { enlargement } from '../enlargement.ts';
import { GanSession, ganFlags, type GanFlags } from './session.ts';

interface Given extends GanFlags, BendFlags {
  readonly output?: string;
}

/** `latentbrush gan bend`. */
export function ganBendCommand(): Command {
  const command = new Command('bend')
    .description(
      'Move generated pictures along a concept, in steps: less of it to the left, more to the right.',
    )
    .argument('<run>', 'folder of a GAN run')
    .argument('[seeds...]', 'points, each by the seed it is drawn with', ['1', '2', '3', '4']);
  bendFlags(command, 'gan concept');
  ganFlags(command, 'where to write: a picture, or .gif, .webp, .mp4 (default: bent.png)');
  return command.action((folder: string, seeds: readonly string[], given: Given) =>
    GanSession.use(folder, given, async (session) => {
      const form = session.generator.model.architecture;
      const shown = {
        command: 'gan bend',
        points: () => Promise.resolve(seeds.map((seed) => session.pointOf(seed))),
        sheet: async (bent: readonly Point[], columns: number) =>
          montage(await session.generateAlike(bent), { columns, gap: 2, scale: enlargement(form.size) }),
        frames: (bent: readonly Point[]) => session.generateAlikeStream(bent),
        form,
        scale: enlargement(form.size, 256),
        output: session.output,
        signal: session.signal,
      };
      await writeBent(given, shown);
    }),
  );
}

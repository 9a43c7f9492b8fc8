import { Command } from 'commander';
import { montage } from '../../image/index.ts';
import { enlargement } from '../enlargement.ts';
import { lengthOf } from '../schema-options.ts';
import { writeMade } from '../sheet-target.ts';
import { GanSession, ganFlags, type GanFlags } from './session.ts';

interface Given extends GanFlags {
  readonly count?: string;
}

/** `latentbrush gan sample`. */
export function ganSampleCommand(): Command {
  const command = new Command('sample')
    .description('Generate pictures of random points, on one sheet.')
    .argument('<run>', 'folder of a GAN run')
    .option('--count <n>', 'how many (default: 64)');
  ganFlags(command, 'where to write (default: samples.png)');
  return command.action((folder: string, given: Given) =>
    GanSession.use(folder, given, async (session) => {
      const count = given.count === undefined ? 64 : lengthOf('--count', given.count);
      session.checkCount(count, '--count');
      await writeMade(given.output ?? 'samples.png', session, async () => {
        const pictures = await session.generate(session.draw(count));
        const scale = enlargement(session.generator.model.architecture.size);
        return { picture: montage(pictures, { gap: 2, scale }), told: { seed: session.seed, count } };
      });
    }),
  );
}

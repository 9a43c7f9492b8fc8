import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { pictureAt } from '../../data/index.ts';
import { checkScored, FeatureExtractor, FEATURES, scoreOf } from '../../gan/index.ts';
import { lengthOf } from '../schema-options.ts';
import { GanSession, ganFlags, type GanFlags } from './session.ts';

interface Given extends GanFlags {
  readonly count?: string;
}

/** Pictures of each kind: products of all with all take 100 MB each. */
const MOST = 5000;

/** `latentbrush gan score`. */
export function ganScoreCommand(): Command {
  const command = new Command('score')
    .description(
      'Measure how like the real pictures the generated ones are (kernel Inception distance on the embedded trunk; not comparable with published figures), and how varied.',
    )
    .argument('<run>', 'folder of a GAN run')
    .option('--count <n>', 'pictures of each kind (default: 1000)');
  ganFlags(command);
  return command.action((folder: string, given: Given) =>
    GanSession.use(folder, given, async (session) => {
      const { output, random } = session;
      const wanted = given.count === undefined ? 1000 : lengthOf('--count', given.count);
      if (wanted > MOST)
        throw new InputError(
          `--count: ${wanted} was given; every picture is compared with every other, so at most ${MOST} are possible`,
        );
      session.checkCount(wanted, '--count');
      const dataset = await session.dataset();
      const real = session.ofClass(dataset);
      const count = Math.min(wanted, real.length);
      checkScored(count);
      const order = random.fork('real pictures').permutation(real.length).slice(0, count);
      const extractor = await FeatureExtractor.load(dataset.height, session.threads);
      try {
        const generated = await session.generate(session.draw(count));
        output.progress(1, 3, 'pictures generated');
        const ofGenerated = await extractor.of(generated);
        output.progress(2, 3, 'generated pictures looked at');
        const ofReal = await extractor.of([...order].map((place) => pictureAt(dataset, real[place]!)));
        const score = await scoreOf(ofGenerated, ofReal);
        output.event({ type: 'score', features: FEATURES, ...score });
        output.text(
          `KID        ${score.kid.toFixed(4)}  (two halves of the real pictures: ${score.kidOfReal.toFixed(4)})\ndiversity  ${score.diversity.toFixed(2)}  (1: generated pictures differ from one another as much as real ones)\nof ${score.count} pictures each, by ${FEATURES}; not comparable with published figures\n`,
        );
      } finally {
        await extractor.release();
      }
    }),
  );
}

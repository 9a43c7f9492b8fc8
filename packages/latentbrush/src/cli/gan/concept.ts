import { InputError, type Random } from '@latentbrush/engine';
import { Command } from 'commander';
import { pictureAt } from '../../data/index.ts';
import { checkJudged, conceptOfFeatures, FeatureExtractor } from '../../gan/index.ts';
import { checkEnough } from '../../latent/index.ts';
import { dividedByWords, nameOfConcept, percent, writeLearned } from '../learned-concept.ts';
import { lengthOf } from '../schema-options.ts';
import { GanSession, ganFlags, type GanFlags } from './session.ts';
import { counted } from '../../counted.ts';

interface Given extends GanFlags {
  readonly label?: string;
  readonly against?: string;
  readonly name?: string;
  readonly count?: string;
}

/** `latentbrush gan concept`. */
export function ganConceptCommand(): Command {
  const command = new Command('concept')
    .description(
      'Learn a direction of the latent space along which a quality grows: a classifier learns it from named pictures, by their features on the embedded trunk, and judges generated ones.',
    )
    .argument('<run>', 'folder of a GAN run')
    .argument('[dataset]', 'named pictures (default: those of the run)')
    .option(
      '--label <words>',
      'pictures of the data set whose name or class holds these words have the quality; | between alternatives',
    )
    .option('--against <words>', 'those whose name holds these have not (default: all others)')
    .option('--name <text>', 'name of the concept (default: the words)')
    .option('--count <n>', 'generated pictures, and at most as many named ones of each kind (default: 1000)');
  ganFlags(command, 'where to write (default: <name>.json)');
  return command.action((folder: string, source: string | undefined, given: Given) =>
    GanSession.use(folder, given, async (session) => {
      const { label, against } = given;
      if (label === undefined)
        throw new InputError('gan concept: give --label with words, as: --label smiling');
      const { output, random } = session;
      const count = given.count === undefined ? 1000 : lengthOf('--count', given.count);
      session.checkCount(count, '--count');
      const name = nameOfConcept(given.name, label);
      checkJudged(name, count);
      const dataset = await session.dataset(source);
      const { having, lacking } = dividedByWords(dataset, label, against);
      checkEnough(name, having.length, lacking.length);
      const some = {
        having: chosen(having, count, random.fork('with')),
        lacking: chosen(lacking, count, random.fork('without')),
      };
      const points = session.draw(count, random.fork('points'));
      const extractor = await FeatureExtractor.load(dataset.height, session.threads);
      try {
        const features = (indices: readonly number[]): Promise<Float32Array[]> =>
          extractor.of(indices.map((index) => pictureAt(dataset, index)));
        const labelled = { having: await features(some.having), lacking: await features(some.lacking) };
        output.progress(1, 2, 'named pictures looked at');
        const generated = await extractor.of(await session.generateAlike(points));
        output.progress(2, 2, 'generated pictures looked at');
        const { concept, judge } = await conceptOfFeatures(name, points, generated, labelled, random);
        await writeLearned(concept, given.output, output, {
          told: { judge },
          lines: [
            `from ${counted(count, 'generated picture')}, as a classifier judges that learned from ${counted(judge.positives, 'picture')} with it and ${judge.negatives} without`,
            `that classifier is right about ${percent(judge.accuracy)} of pictures it has not seen (always the same answer: ${percent(judge.chance)})`,
            `by its point alone, a picture with most of it is told from one with least in ${percent(concept.accuracy)} (chance: ${percent(concept.chance)})`,
          ],
        });
      } finally {
        await extractor.release();
      }
    }),
  );
}

function chosen(indices: readonly number[], count: number, random: Random): number[] {
  return [...random.permutation(indices.length).slice(0, count)].map((place) => indices[place]!);
}

import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { pictureAt, type ImageDataset } from '../../data/index.ts';
import { learnConcept, type Point } from '../../latent/index.ts';
import { dividedByWords, nameOfConcept, percent, writeLearned } from '../learned-concept.ts';
import { VaeSession, vaeFlags, type VaeFlags } from './session.ts';
import { counted } from '../../counted.ts';

interface Given extends VaeFlags {
  readonly label?: string;
  readonly against?: string;
  readonly from?: string;
  readonly to?: string;
  readonly name?: string;
}

/** `latentbrush vae concept`. */
export function vaeConceptCommand(): Command {
  const command = new Command('concept')
    .description(
      'Learn a direction of the latent space along which a quality grows, such as a smile: from words, or from two folders.',
    )
    .argument('<run>', 'folder of a VAE run')
    .option(
      '--label <words>',
      'pictures of the data set whose name or class holds these words have the quality; | between alternatives',
    )
    .option('--against <words>', 'those whose name holds these have not (default: all others)')
    .option('--from <folder>', 'pictures without the quality')
    .option('--to <folder>', 'pictures with it')
    .option('--name <text>', 'name of the concept (default: the words, or the folder)');
  vaeFlags(command, 'where to write (default: <name>.json)');
  return command.action((folder: string, given: Given) =>
    VaeSession.use(folder, given, async (session) => {
      const { output, random } = session;
      const { name, positives, negatives } = await material(given, session);
      const concept = await learnConcept(name, positives, negatives, random.fork('folds'));
      await writeLearned(concept, given.output, output, {
        lines: [
          `from ${counted(positives.length, 'picture')} with it and ${negatives.length} without`,
          `a linear classifier on the latent points is right about ${percent(concept.accuracy)} of pictures it has not seen (always the same answer: ${percent(concept.chance)})`,
        ],
      });
    }),
  );
}

interface Material {
  readonly name: string;
  readonly positives: Point[];
  readonly negatives: Point[];
}

async function material(given: Given, session: VaeSession): Promise<Material> {
  const { label, against, from, to } = given;
  if (label !== undefined && from === undefined && to === undefined) {
    const dataset = await session.dataset();
    const { having, lacking } = dividedByWords(dataset, label, against);
    return {
      name: nameOfConcept(given.name, label),
      positives: await points(dataset, having, session),
      negatives: await points(dataset, lacking, session),
    };
  }
  if (label !== undefined || from === undefined || to === undefined)
    throw new InputError('vae concept: give --label with words, or --from and --to with two folders');
  if (given.name !== undefined) nameOfConcept(given.name, ''); // before anything is loaded
  const [without, having] = [await session.pictures(from), await session.pictures(to)];
  if (without.sha256 === having.sha256) {
    throw new InputError(
      `vae concept: --from (${from}) and --to (${to}) hold the same pictures; give pictures without the quality and pictures with it`,
    );
  }
  return {
    name: nameOfConcept(given.name, having.name),
    positives: await points(having, all(having), session),
    negatives: await points(without, all(without), session),
  };
}

function all({ count }: ImageDataset): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

async function points(
  dataset: ImageDataset,
  indices: readonly number[],
  { vae }: VaeSession,
): Promise<Point[]> {
  const encoded = await vae.encode(indices.map((index) => pictureAt(dataset, index)));
  return encoded.map(({ mean }) => mean);
}

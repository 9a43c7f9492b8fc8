import { Random } from '@latentbrush/engine';
import { dirname, join } from 'node:path';
import { loadImageDataset, matching, pictureAt, type ImageDataset } from '../../../data/index.ts';
import { writePicture } from '../../../image/index.ts';
import { bent, learnConcept, writeConcept, type Concept } from '../../../latent/index.ts';
import { gridSheet, reconstructionSheet, Vae, type TrainInput } from '../../../vae/index.ts';
import { vaeTraining } from '../../../jobs/train/vae.ts';
import { commandLine } from '../../../shell-word.ts';
import type { Output } from '../../terminal/output.ts';
import { commandsOf } from '../train-command.ts';
import { presentTraining } from '../../terminal/training-end.ts';
import { vaeTrain } from '../vae/train.ts';
import type { GallerySection } from './gallery.ts';
import { keepForStudio } from './keep-for-studio.ts';

/** The faces for training; they come with npm packages. */
const DATASET = 'emoji:faces';
const SIZE = 32;

// These show faces within a minute on two cores; the book's settings are for digits.
const OPTIONS: TrainInput = {
  size: SIZE,
  architecture: 'residual',
  filters: 12,
  latentDim: 16,
  optimizer: 'adam',
  learningRate: 1.5e-3,
  batchSize: 16,
  epochs: 36,
  flip: true,
  validation: 0,
  samples: 36,
};

/** Steps along the smile for bending faces, from less to more. */
const STRENGTHS = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2];

/** A part of the quickstart: a latent space of faces, and a smile. */
export async function learnFaces(
  folder: string,
  seed: number,
  output: Output,
  signal: AbortSignal,
): Promise<GallerySection> {
  output.note(`\nLearning a latent space of ${DATASET}, and the direction of a smile in it.`);
  const run = join(folder, 'vae');
  const request = { inputs: { dataset: DATASET }, options: { ...OPTIONS, seed }, output: run };
  const events = vaeTraining.train.run(request, { signal });
  const seen = (async function* () {
    for await (const event of events) if (event.type !== 'sample') yield event; // without this, the message would name all of its sheets
  })();
  await presentTraining(seen, (trained) => commandsOf(vaeTrain, trained), output);
  const vae = await Vae.load(run);
  try {
    const { train: faces } = await loadImageDataset(DATASET, { size: SIZE });
    const smile = await writeFaces(vae, faces, folder, new Random(seed));
    await keepForStudio(folder, 'vae.concept', {
      inputs: { run },
      options: { name: 'smile', ...SMILE, seed },
      output: join(folder, CONCEPT),
    });
    return sectionOf(run, faces.count, smile);
  } finally {
    await vae.release();
  }
}

/** Words in the names of faces that smile, and of those that do not. */
const SMILE = {
  label: 'smiling|grinning|beaming',
  against: 'frowning|sad|disappointed|crying|worried|pensive|confused|angry',
};

/** Names of the pictures in the gallery's folder. */
const FILES = { samples: 'faces.png', reconstructions: 'faces-reconstructed.png', smile: 'faces-smile.png' };

/** Writes the pictures and the concept of a smile. @returns the concept */
async function writeFaces(vae: Vae, faces: ImageDataset, folder: string, random: Random): Promise<Concept> {
  await writePicture(join(folder, FILES.samples), await gridSheet(vae, vae.draw(random, 48), 12));
  const neutral = ['neutral face', 'pensive face', 'confused face'].flatMap((name) =>
    matching(faces, name).slice(0, 1),
  );
  const shown = neutral.map((index) => pictureAt(faces, index));
  await writePicture(join(folder, FILES.reconstructions), await reconstructionSheet(vae, shown));
  const smile = await smileOf(vae, faces, random);
  await writeConcept(join(folder, CONCEPT), smile);
  const encoded = await vae.encode(shown);
  const rows = encoded.flatMap(({ mean }) => STRENGTHS.map((strength) => bent(mean, smile, strength)));
  await writePicture(join(folder, FILES.smile), await gridSheet(vae, rows, STRENGTHS.length));
  return smile;
}

const CONCEPT = 'smile.json';

function sectionOf(run: string, faces: number, smile: Concept): GallerySection {
  return {
    title: 'Latent space',
    about: `A variational autoencoder learned ${faces} faces. In its latent space of 16 dimensions a smile is a direction. A classifier along it is right for ${(100 * smile.accuracy).toFixed(0)} % of unseen faces (${(100 * smile.chance).toFixed(0)} % by chance).`,
    command: commandLine([
      ...['vae', 'bend', run, '#neutral face'],
      ...['--concept', join(dirname(run), CONCEPT), '--strength', '-2..2'],
    ]),
    pictures: [
      { file: FILES.samples, caption: 'Faces that nobody drew: random points of the latent space' },
      { file: FILES.smile, caption: 'Three faces, from less to more of a smile' },
    ],
  };
}

async function smileOf(vae: Vae, faces: ImageDataset, random: Random): Promise<Concept> {
  const points = async (words: readonly string[]): Promise<Float32Array[]> => {
    const indices = [...new Set(words.flatMap((word) => matching(faces, word)))];
    const encoded = await vae.encode(indices.map((index) => pictureAt(faces, index)));
    return encoded.map(({ mean }) => mean);
  };
  const smiling = await points(SMILE.label.split('|'));
  const sad = await points(SMILE.against.split('|'));
  return learnConcept('smile', smiling, sad, random.fork('folds'));
}

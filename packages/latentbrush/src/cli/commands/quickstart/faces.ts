import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { jobNamed } from '../../../jobs/public.ts';
import { vaeTraining } from '../../../jobs/train/vae.ts';
import { readConcept, type Concept } from '../../../latent/index.ts';
import { commandLine } from '../../../shell-word.ts';
import type { TrainInput } from '../../../vae/index.ts';
import type { Output } from '../../terminal/output.ts';
import { present } from '../../terminal/present.ts';
import { presentTraining } from '../../terminal/training-end.ts';
import { commandsOf } from '../train-command.ts';
import { vaeTrain } from '../vae/train.ts';
import type { GallerySection } from './gallery.ts';
import { keepForStudio, type Asked } from './keep-for-studio.ts';
import { FACES_VAE, SMILE } from './trainings.ts';

/** The faces for training; they come with npm packages. */
const DATASET = 'emoji:faces';

const OPTIONS: TrainInput = { ...FACES_VAE, epochs: 36, samples: 36 };

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
  const inputs = { run };
  const file = (name: string): string => join(folder, name);
  const make = async (job: 'vae.sample' | 'vae.concept' | 'vae.bend', asked: Asked): Promise<void> => {
    if (signal.aborted) return;
    await present((await jobNamed(job)).run(asked, { signal }), output);
    await keepForStudio(folder, job, asked);
  };
  await make('vae.sample', { inputs, options: { count: 49, seed }, output: file(FILES.samples) });
  await make('vae.concept', {
    inputs,
    options: { name: 'smile', ...SMILE, seed },
    output: file(FILES.concept),
  });
  await make('vae.bend', {
    inputs: { ...inputs, concept: file(FILES.concept) },
    options: { points: NEUTRAL.map((words) => ({ words })), seed },
    output: file(FILES.smile),
  });
  return sectionOf(run, existsSync(file(FILES.concept)) ? await readConcept(file(FILES.concept)) : undefined);
}

/** Faces that become happier. */
const NEUTRAL = ['neutral face', 'pensive face', 'confused face'];

/** Names of files in the gallery's folder. */
const FILES = { samples: 'faces.png', concept: 'smile.json', smile: 'faces-smile.png' };

/** @param smile none when the quickstart was stopped before */
function sectionOf(run: string, smile: Concept | undefined): GallerySection {
  const learned =
    smile === undefined
      ? ''
      : ` In its latent space of 16 dimensions a smile is a direction. A classifier along it is right for ${(100 * smile.accuracy).toFixed(0)} % of unseen faces (${(100 * smile.chance).toFixed(0)} % by chance).`;
  return {
    title: 'Latent space',
    about: `A variational autoencoder learned faces.${learned}`,
    command: commandLine([
      ...['vae', 'bend', run, '#neutral face'],
      ...['--concept', join(dirname(run), FILES.concept), '--strength', '-2..2'],
    ]),
    pictures: [
      { file: FILES.samples, caption: 'Faces that nobody drew: random points of the latent space' },
      { file: FILES.smile, caption: 'Three faces, from less to more of a smile' },
    ].filter(({ file }) => existsSync(join(dirname(run), file))),
  };
}

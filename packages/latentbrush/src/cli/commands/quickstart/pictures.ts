import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { paintings, photographs } from '../../../data/index.ts';
import { parseContributions, type DreamInput } from '../../../dream/index.ts';
import { writeFileAtomic } from '../../../files/atomic-file.ts';
import { commandLine } from '../../../shell-word.ts';
import type { StyleInput } from '../../../style/index.ts';
import { dreamPictureJob } from '../../../jobs/dream/picture.ts';
import { present } from '../../terminal/present.ts';
import type { Output } from '../../terminal/output.ts';
import { stylePaintJob } from '../../../jobs/style/paint.ts';
import type { GallerySection } from './gallery.ts';
import { keepForStudio } from './keep-for-studio.ts';

/** Settings of the dream: the book's network and layers, with a weight for each that makes shapes everywhere in half a minute. */
const DREAM: DreamInput = {
  layers: parseContributions('mixed3=1,mixed4=2,mixed5=3'),
  edges: 'wrap',
  iterations: 30,
  maxLoss: 30,
};

/** Fewer rounds than the defaults, for a first look. */
const STYLE: StyleInput = { height: 300, rounds: 6, evaluations: 14 };

const FILES = {
  photograph: 'cat.jpg',
  dream: 'cat-dream.png',
  style: 'starry-night.jpg',
  painting: 'cat-painting.png',
};

/** The first part of the quickstart: a dream. */
export async function dreamOfTheCat(
  folder: string,
  seed: number,
  output: Output,
  signal: AbortSignal,
): Promise<GallerySection> {
  output.note(`Dreaming on a photograph (${photographs.cat.title}).`);
  await mkdir(folder, { recursive: true });
  const photograph = join(folder, FILES.photograph);
  await writeFileAtomic(photograph, await photographs.cat.load());
  const request = {
    inputs: { picture: photograph },
    options: { ...DREAM, seed, backbone: 'embedded' },
    output: join(folder, FILES.dream),
  };
  await present(dreamPictureJob.run(request, { signal }), output);
  await keepForStudio(folder, 'dream.picture', request);
  return {
    title: 'Dream',
    about:
      'DeepDream changes the photograph step by step so that the layers of a convolutional network respond more strongly.',
    command: commandLine(['dream', 'photo.jpg', '--edges', 'wrap']),
    pictures: [
      { file: FILES.photograph, caption: photographs.cat.title },
      { file: FILES.dream, caption: 'What InceptionV3 sees in it' },
    ],
  };
}

/** The second part: the same photograph in the style of a painting. */
export async function paintTheCat(
  folder: string,
  seed: number,
  output: Output,
  signal: AbortSignal,
): Promise<GallerySection> {
  output.note(`\nPainting the cat in the style of ${paintings['starry-night'].title}.`);
  const [content, style] = [join(folder, FILES.photograph), join(folder, FILES.style)];
  await writeFileAtomic(content, await photographs.cat.load());
  await writeFileAtomic(style, await paintings['starry-night'].load());
  const request = {
    inputs: { content, styles: [style] },
    options: { ...STYLE, seed, backbone: 'embedded' },
    output: join(folder, FILES.painting),
  };
  await present(stylePaintJob.run(request, { signal }), output);
  await keepForStudio(folder, 'style.paint', request);
  return {
    title: 'Style',
    about:
      'Neural style transfer changes the photograph until a network finds in it the textures and the colours of the painting.',
    command: commandLine(['style', 'photo.jpg', 'painting.jpg']),
    pictures: [
      { file: FILES.photograph, caption: photographs.cat.title },
      { file: FILES.style, caption: paintings['starry-night'].title },
      { file: FILES.painting, caption: 'The cat, painted in its style' },
    ],
  };
}

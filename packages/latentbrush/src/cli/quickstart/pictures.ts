import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadImageDataset, pictureAt } from '../../data/index.ts';
import { loadPhotograph, photographs } from '../../data/photographs.ts';
import type { DreamInput } from '../../dream/index.ts';
import { fitWithin, montage, writePicture, type Picture } from '../../image/index.ts';
import type { StyleInput } from '../../style/index.ts';
import type { DreamJob } from '../dream/job.ts';
import { dreamPicture } from '../dream/picture.ts';
import type { DreamSource } from '../dream/source.ts';
import { commandLine } from '../../shell-word.ts';
import type { Output } from '../output.ts';
import type { StyleJob } from '../style/job.ts';
import { paintPicture } from '../style/picture.ts';
import type { GallerySection } from './gallery.ts';

const DREAMED = 'alpine-landscape';
const PAINTED = 'nagasaki-boats';

/** Emoji that together are a style of bright colours and round shapes, each as four sets draw it. */
const STYLE_EMOJI = ['peacock', 'water wave', 'fireworks', 'milky way', 'sunset', 'butterfly', 'parrot'];
const COLUMNS = 5;
const ROWS = 4;

/** Longest side of the pictures: enough to see, and done in seconds. */
const SIZE = 640;

// The book's settings.
const DREAM: DreamInput = {};

// Fewer rounds than the defaults, for a first look.
const STYLE: StyleInput = { height: 256, rounds: 6, evaluations: 14 };

/** The first part of the quickstart: a dream. */
export async function dreamOfTheAlps(
  folder: string,
  seed: number,
  output: Output,
  signal: AbortSignal,
): Promise<GallerySection> {
  output.note(`Dreaming on a photograph (${photographs[DREAMED].title}).`);
  const files = { original: `${DREAMED}.jpg`, dream: `${DREAMED}-dream.png` };
  const original = join(folder, files.original);
  await mkdir(folder, { recursive: true });
  await writePicture(original, fitWithin(await loadPhotograph(DREAMED), SIZE));
  const job: DreamJob = { backbone: 'embedded', options: { ...DREAM, seed } };
  const source: DreamSource = { type: 'picture', path: original };
  await dreamPicture(job, source, join(folder, files.dream), { output, signal });
  return {
    title: 'Dream',
    about:
      'DeepDream: the photograph is changed step by step towards what excites the layers of a convolutional network.',
    command: commandLine(['dream', 'photo.jpg']),
    pictures: [
      { file: files.original, caption: photographs[DREAMED].title },
      { file: files.dream, caption: 'What InceptionV3 sees in it' },
    ],
  };
}

/** The second part: a painting in the style of emoji. */
export async function paintTheBoats(
  folder: string,
  seed: number,
  output: Output,
  signal: AbortSignal,
): Promise<GallerySection> {
  output.note(`\nPainting another (${photographs[PAINTED].title}) in the style of emoji.`);
  const files = { content: `${PAINTED}.jpg`, style: 'emoji.png', painting: `${PAINTED}-painting.png` };
  const content = join(folder, files.content);
  await writePicture(content, fitWithin(await loadPhotograph(PAINTED), SIZE));
  const style = join(folder, files.style);
  await writePicture(style, await emojiSheet());
  const job: StyleJob = {
    content,
    styles: [style],
    masks: [],
    backbone: 'embedded',
    weights: undefined,
    options: { ...STYLE, seed },
  };
  await paintPicture(job, join(folder, files.painting), { output, signal });
  return {
    title: 'Style',
    about:
      'Neural style transfer: the boats, painted until the network sees in them the textures and the colours of another picture, here a sheet of emoji.',
    command: commandLine(['style', 'photo.jpg', 'painting.jpg']),
    pictures: [
      { file: files.content, caption: photographs[PAINTED].title },
      { file: files.style, caption: 'The style' },
      { file: files.painting, caption: 'The boats, painted in it' },
    ],
  };
}

// Drawn within a second, so nothing interrupts it.
async function emojiSheet(): Promise<Picture> {
  const pictures: Picture[] = [];
  for (const name of STYLE_EMOJI) {
    const { train } = await loadImageDataset(`emoji:${name}`, { size: 128 });
    for (let index = 0; index < Math.min(3, train.count); index++) pictures.push(pictureAt(train, index));
  }
  return montage(pictures.slice(0, COLUMNS * ROWS), { columns: COLUMNS });
}

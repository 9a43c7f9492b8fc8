import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedTrunk } from '../../backbones/index.ts';
import { loadImageDataset, pictureAt } from '../../data/index.ts';
import { loadPhotograph, photographs } from '../../data/photographs.ts';
import { dream, type DreamInput } from '../../dream/index.ts';
import { fitWithin, montage, recipe, writePicture, type Picture } from '../../image/index.ts';
import { paint, type StyleInput } from '../../style/index.ts';
import type { Output } from '../output.ts';
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
  const original = fitWithin(await loadPhotograph(DREAMED), SIZE);
  const options: DreamInput = { ...DREAM, seed };
  const files = { original: `${DREAMED}.jpg`, dream: `${DREAMED}-dream.png` };
  await mkdir(folder, { recursive: true });
  await writePicture(join(folder, files.original), original);
  for await (const event of dream(await embeddedTrunk(), original, options, {}, signal)) {
    if (event.type === 'step')
      output.progress(event.done, event.total, `octave ${event.octave}  loss ${event.loss.toFixed(2)}`);
    if (event.type === 'done') await write(folder, files.dream, event.picture, 'dream', options, output);
  }
  return {
    title: 'Dream',
    about:
      'DeepDream: the photograph is changed step by step towards what excites the layers of a convolutional network.',
    command: 'latentbrush dream photo.jpg',
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
  const content = fitWithin(await loadPhotograph(PAINTED), SIZE);
  const style = await emojiSheet(signal);
  const options: StyleInput = { ...STYLE, seed };
  const files = { content: `${PAINTED}.jpg`, style: 'emoji.png', painting: `${PAINTED}-painting.png` };
  await writePicture(join(folder, files.content), content);
  await writePicture(join(folder, files.style), style);
  for await (const event of paint(await embeddedTrunk(), content, [{ picture: style }], options, signal)) {
    if (event.type === 'evaluation')
      output.progress(event.evaluation, event.total, `loss ${event.loss.toFixed(3)}`);
    if (event.type === 'done') await write(folder, files.painting, event.picture, 'style', options, output);
  }
  return {
    title: 'Style',
    about:
      'Neural style transfer: the boats, painted until the network sees in them the textures and the colours of another picture, here a sheet of emoji.',
    command: 'latentbrush style photo.jpg painting.jpg',
    pictures: [
      { file: files.content, caption: photographs[PAINTED].title },
      { file: files.style, caption: 'The style' },
      { file: files.painting, caption: 'The boats, painted in it' },
    ],
  };
}

async function emojiSheet(signal: AbortSignal): Promise<Picture> {
  const pictures: Picture[] = [];
  for (const name of STYLE_EMOJI) {
    const { train } = await loadImageDataset(`emoji:${name}`, { size: 128, signal });
    for (let index = 0; index < Math.min(3, train.count); index++) pictures.push(pictureAt(train, index));
  }
  return montage(pictures.slice(0, COLUMNS * ROWS), { columns: COLUMNS });
}

async function write(
  folder: string,
  file: string,
  picture: Picture,
  system: 'dream' | 'style',
  options: DreamInput | StyleInput,
  output: Output,
): Promise<void> {
  const path = join(folder, file);
  await writePicture(path, picture, {
    recipe: recipe({ system, seed: options.seed ?? 1, options: { ...options }, inputs: [] }),
  });
  output.event({ type: 'picture', path });
  output.text(`${path}\n`);
}

// Rows of growth.mjs: folders of pictures.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { data, image, vae } from '../../packages/latentbrush/dist/index.js';
import { picture } from '../networks/random-values.mjs';

const SIZES = [2_000, 6_000, 20_000];

/** Different pictures; the files are copies of them. */
const DIFFERENT = 20;

export const pictureRows = [
  {
    name: 'pictures',
    what: 'JPEG of 256x256 in a folder, for a VAE of size 64, the first start: three steps',
    sizes: SIZES,
    prepare: writePictures,
    run: (_, mark, folder) => train(folder, mark),
  },
  {
    name: 'pictures-again',
    what: 'the same, the second start',
    sizes: SIZES,
    prepare: async (count, folder) => {
      await writePictures(count, folder);
      await load(folder);
    },
    run: (_, mark, folder) => train(folder, mark),
  },
];

function load(folder) {
  return data.loadImageDataset(join(folder, 'pictures'), { size: 64, cacheDir: join(folder, 'cache') });
}

async function train(folder, mark) {
  const options = { size: 64, batchSize: 16, maxSteps: 3, validation: 0.1, samples: 1, seed: 1 };
  for await (const event of vae.train(await load(folder), options)) if (event.type === 'step') mark();
}

async function writePictures(count, folder) {
  const files = [];
  for (let i = 0; i < DIFFERENT; i++) {
    const pixels = picture(i, 256, 256, 127);
    const made = image.picture(3, 256, 256, pixels.map((value) => value + 128)); // prettier-ignore
    files.push(await image.encodePicture(made, 'jpeg'));
  }
  await mkdir(join(folder, 'pictures'));
  for (let i = 0; i < count; i++) await writeFile(join(folder, 'pictures', `${i}.jpg`), files[i % DIFFERENT]);
}

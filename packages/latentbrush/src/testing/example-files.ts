import { mkdir, writeFile } from 'node:fs/promises';
import { conv2d, encodeOnnx, float32, Graph, input, constant, Random, relu } from '@latentbrush/engine';
import { backbones, data, gan, image, latent, style, text, vae } from '../index.ts';

/** Writes small versions of the files and runs in examples into the current folder. */
export async function writeExampleFiles(): Promise<void> {
  for (const folder of ['holidays', 'frames', 'runs']) await mkdir(folder);
  const cat = image.fitWithin(await data.loadPhotograph('cat'), 176);
  const town = image.fitWithin(await data.loadPhotograph('nagasaki-boats'), 176);
  const wave = image.fitWithin(await data.loadPainting('starry-night'), 176);
  const pictures = {
    'cat.jpg': cat,
    'cat-painted.png': cat,
    'photo.jpg': town,
    'wave.jpg': wave,
    'sky.png': image.picture(1, 8, 8, new Float32Array(64).fill(255)),
    'holidays/cat.jpg': cat,
    'holidays/town.jpg': town,
    'frames/1.png': cat,
    'frames/2.png': cat,
  };
  for (const [path, picture] of Object.entries(pictures)) await image.writePicture(path, picture);
  const animation = await image.createAnimation('cat.gif', { height: cat.height, width: cat.width });
  for (const height of [10, 20, 30])
    await animation.add(image.zoom(image.crop(cat, 0, 0, height, 90), cat.height, cat.width));
  await animation.finish();
  await writeFile('mybook.txt', 'the quick brown fox jumps over the lazy dog.\n'.repeat(40));
  await writeConvolution('mine.onnx');
  await train();
  const random = new Random(1);
  const near = (centre: number): Float32Array => Float32Array.of(centre + random.normal(), 0);
  const smile = await latent.learnConcept(
    'smile',
    [3, 3, 3, 3, 3].map(near),
    [0, 0, 0, 0, 0].map(near),
    random,
  );
  await latent.writeConcept('smile.json', smile);
}

async function train(): Promise<void> {
  const [cat, wave] = [await image.readPicture('cat.jpg'), await image.readPicture('wave.jpg')];
  const layers = { contentLayer: 'conv2d_3', styleLayers: ['conv2d_2', 'conv2d_3'] };
  const faces = await data.loadImageDataset('emoji:faces', { size: 16 });
  const threads = 1;
  const events = [
    text.train(await data.loadCorpus('mybook.txt'), { units: 8, epochs: 1, run: 'runs/mine', threads }),
    vae.train(faces, { filters: 4, epochs: 1, run: 'runs/faces', threads }),
    gan.train(faces.train, { ...gan.DCGAN_PRESET, size: 16, filters: 4, batchSize: 8, iterations: 2, run: 'runs/smileys', threads }), // prettier-ignore
    style.train(
      await backbones.loadBackbone('embedded'),
      { style: { name: 'wave.jpg', picture: wave }, contentDir: '.', contents: [cat] },
      { size: 96, styleSize: 96, filters: 4, iterations: 1, ...layers, run: 'runs/wave', threads },
    ),
  ];
  for (const training of events) {
    let next;
    do next = await training.next();
    while (next.done !== true);
  }
}

// A foreign network: one convolution.
async function writeConvolution(path: string): Promise<void> {
  const random = new Random(1);
  const kernel = float32(
    Float32Array.from({ length: 4 * 3 * 9 }, () => random.normal()),
    [4, 3, 3, 3],
  );
  const features = relu(conv2d(input('pictures', [1, 3, 64, 64]), constant(kernel)));
  await writeFile(path, encodeOnnx(new Graph({ features })));
}

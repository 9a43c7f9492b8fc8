// Dreams on a photograph with the library and shows how the loss grows.
//
//   node examples/dream.mjs [longest side] [iterations]
import { backbones, data, dream, image } from 'latentbrush';

const [side = 640, iterations = 20] = process.argv.slice(2).map(Number);
const photograph = image.fitWithin(await data.loadPhotograph('cat'), side);
const backbone = await backbones.loadBackbone('embedded');

const controller = new AbortController();
process.once('SIGINT', () => controller.abort());

/** @type {dream.DreamInput} */
const options = {
  iterations,
  edges: 'wrap',
  layers: dream.parseContributions('mixed3=1,mixed4=2,mixed5=3'),
  maxLoss: 30,
};

for await (const event of dream.dream(backbone, photograph, { ...options, signal: controller.signal })) {
  if (event.type === 'step' && event.done % 5 === 0)
    console.log(`octave ${event.octave}  loss ${event.loss.toFixed(3)}`);
  if (event.type === 'done') {
    await image.writePicture('dream.png', event.picture);
    console.log(`dream.png: ${event.picture.width}x${event.picture.height}`);
  }
}

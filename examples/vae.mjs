// Learns a latent space of emoji faces with the library, finds in it the direction of a smile, and bends three faces along it.
//
//   node examples/vae.mjs [epochs]
import { data, image, latent, Random, vae } from 'latentbrush';

const epochs = Number(process.argv[2] ?? 30);
const { train: faces } = await data.loadImageDataset('emoji:faces', { size: 32 });

/** @type {vae.TrainInput} */
const options = {
  architecture: 'residual',
  filters: 12,
  latentDim: 16,
  optimizer: 'adam',
  learningRate: 0.0015,
  batchSize: 16,
  epochs,
  validation: 0,
};

const model = await vae.finalModel(vae.train({ train: faces }, options), (event) => {
  if (event.type === 'epoch') console.log(`epoch ${event.epoch}  loss ${event.loss.toFixed(3)}`);
});

/** @param {string} name */
async function pointsOf(name) {
  const found = data.matching(faces, name).map((index) => data.pictureAt(faces, index));
  return (await model.encode(found)).map(({ mean }) => mean);
}

const smile = await latent.learnConcept(
  'smile',
  [...(await pointsOf('grinning')), ...(await pointsOf('smiling'))],
  [...(await pointsOf('frowning')), ...(await pointsOf('sad')), ...(await pointsOf('worried'))],
  new Random(1),
);
console.log(`a classifier on the direction is right about ${(100 * smile.accuracy).toFixed(0)} % of faces`);

const neutral = (await pointsOf('neutral face')).slice(0, 3);
const strengths = [-1, -0.5, 0, 0.5, 1, 1.5];
const points = neutral.flatMap((face) => strengths.map((strength) => latent.bent(face, smile, strength)));
await image.writePicture('smile.png', image.montage(await model.decode(points), { columns: 6, scale: 4 }));
console.log('smile.png: from less to more of a smile');
await model.release();

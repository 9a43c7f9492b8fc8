// Trains a small GAN on emoji faces with the library and draws pictures with it.
//
//   node examples/gan.mjs [iterations]
import { data, gan, image, Random } from 'latentbrush';

const iterations = Number(process.argv[2] ?? 300);
const { train: faces } = await data.loadImageDataset('emoji:faces', { size: 32 });

const controller = new AbortController();
process.once('SIGINT', () => controller.abort());

/** @type {gan.TrainInput} */
const options = {
  ...gan.DCGAN_PRESET,
  filters: 24,
  batchSize: 32,
  augment: true,
  iterations,
  sampleEvery: 100,
};

const events = gan.train(faces, { ...options, signal: controller.signal });
const generator = await gan.finalModel(events, (event) => {
  if (event.type === 'step' && event.step % 10 === 0)
    console.log(
      `${event.step}  discriminator loss ${event.discriminatorLoss.toFixed(3)}  generator loss ${event.generatorLoss.toFixed(3)}`,
    );
  if (event.type === 'warning') console.log(event.message);
});

const pictures = await generator.sample(new Random(1), 16);
await image.writePicture('generated.png', image.montage(pictures, { scale: 4 }));
console.log(`generated.png: ${pictures.length} pictures`);
await generator.release();

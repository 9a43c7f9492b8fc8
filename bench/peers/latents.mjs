// Training steps of the book's VAE and GAN in Latentbrush, drawing of batches and noise included, by the code that `latentbrush vae train`
// and `latentbrush gan train` run; and the book's grid of 225 pictures.
import { availableParallelism } from 'node:os';
import { Random } from '../../packages/engine/dist/index.js';
import { gan, vae } from '../../packages/latentbrush/dist/index.js';
import { imageDataset } from '../../packages/latentbrush/dist/data/image-dataset.js';

const threads = availableParallelism();
const VAE_STEPS = 10; // in one measurement
const FOREVER = 1_000_000;

function noise(count, channels, size) {
  const random = new Random(1);
  const pixels = Uint8Array.from({ length: count * channels * size * size }, () => random.integer(0, 256));
  const contents = {
    name: 'noise',
    origin: 'noise',
    channels,
    height: size,
    width: size,
    pixels,
    skipped: [],
  };
  return imageDataset(contents, 'noise');
}

/** Runs so many steps of a training that goes on from call to call. */
function steps(events, count) {
  return async () => {
    for (let done = 0; done < count;) {
      const { value } = await events.next();
      if (value.type === 'step') done += 1;
    }
  };
}

function vaeSteps(batch) {
  const train = noise(20 * batch, 1, 28);
  const options = { batch, epochs: 100_000, validation: 0, samples: 1, threads };
  return steps(vae.train({ train }, { ...options, checkpointEvery: FOREVER }), VAE_STEPS);
}

function ganIteration() {
  const options = { iterations: FOREVER, sampleEvery: FOREVER, checkpointEvery: FOREVER, threads };
  return steps(gan.train(noise(400, 3, 32), options), 1);
}

async function vaeGrid() {
  const train = noise(32, 1, 28);
  let model;
  for await (const event of vae.train({ train }, { maxSteps: 1, validation: 0, threads }))
    if (event.type === 'done') ({ model } = event);
  const trained = new vae.Vae(model, { threads });
  const points = vae.gridPoints(15, 2);
  return () => trained.decode(points);
}

export const latentCases = {
  'vae-step-16': () => vaeSteps(16),
  'vae-step-128': () => vaeSteps(128),
  'vae-grid': vaeGrid,
  'gan-iteration': ganIteration,
};

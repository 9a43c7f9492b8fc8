// How often the training of the book's VAE starts badly: over seeds, the largest loss of a batch against the first one.
//
//   node bench/vae-starts.mjs <dataset> [first seed] [last seed] [steps] [options as JSON]
//   node bench/vae-starts.mjs t10k-images-idx3-ubyte.gz 1 50 300 '{"compat":"book"}'
import { data, vae } from '../packages/latentbrush/dist/index.js';

const [dataset = 'emoji:faces', first = '1', last = '50', steps = '300', options = '{}'] =
  process.argv.slice(2);
const pictures = await data.loadImageDataset(dataset, { sizeOtherwise: 28 });
let bad = 0;
for (let seed = Number(first); seed <= Number(last); seed++) {
  /** @type {number[]} */
  const losses = [];
  let died = '';
  try {
    const settings = {
      seed,
      threads: 1,
      maxSteps: Number(steps),
      validation: 0,
      samples: 1,
      ...JSON.parse(options),
    };
    for await (const event of vae.train(pictures, settings))
      if (event.type === 'step') losses.push(event.batchLoss);
  } catch (error) {
    died = `  ${error instanceof Error ? error.message : String(error)}`;
  }
  const largest = Math.max(...losses);
  const ratio = largest / (losses[0] ?? Number.NaN);
  if (ratio > 2 || died !== '') bad += 1;
  const end = losses.slice(-50).reduce((sum, loss) => sum + loss, 0) / Math.min(50, losses.length);
  console.log(
    `seed ${seed}: first ${losses[0]?.toFixed(4)}, largest ${largest.toPrecision(4)} at step ${losses.indexOf(largest) + 1} (${ratio.toPrecision(3)} times), last 50 ${end.toFixed(4)}${died}`,
  );
}
console.log(`${bad} of ${Number(last) - Number(first) + 1} seeds passed twice the first loss or died`);

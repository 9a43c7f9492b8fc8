// The rows of growth.mjs.
import { corpusRows } from './corpus.mjs';
import { metricRows } from './metrics.mjs';
import { pictureRows } from './pictures.mjs';
import { text } from '../../packages/latentbrush/dist/index.js';
import { uniform } from '../networks/random-values.mjs';

/**
 * - name: what grows, one word
 * - what: the work
 * - sizes: three sizes, in order
 * - prepare: makes the files of a size in a folder; it is not measured (optional)
 * - run: does the work of a size, with the folder, and calls `mark` at the end of each step. What comes before the first call is the start.
 */
export const CASES = [
  {
    name: 'units',
    what: 'units of an LSTM, batch 128, window 60: three steps',
    sizes: [256, 512, 1024, 2048],
    run: (units, mark) => trainText({ units, maxSteps: 3 }, mark),
  },
  {
    name: 'window',
    what: 'length of the window in tokens, LSTM of 128 units, batch 32: four steps',
    sizes: [60, 240, 960, 4000],
    run: (window, mark) => trainText({ window, batchSize: 32, maxSteps: 4 }, mark),
  },
  ...corpusRows,
  ...pictureRows,
  ...metricRows,
];

/** Trains a language model on letters without sense. */
async function trainText(options, mark) {
  const letters = 'abcdefghijklmnopqrstuvwxyz .,;:!?\n';
  const draws = uniform(1, 100_000, letters.length / 2);
  const drawn = Array.from(draws, (draw) => letters[Math.floor(draw + letters.length / 2)] ?? ' ');
  const corpus = { name: 'letters', text: drawn.join('') };
  for await (const event of text.train(corpus, { seed: 1, sampleLength: 0, ...options }))
    if (event.type === 'step') mark();
}

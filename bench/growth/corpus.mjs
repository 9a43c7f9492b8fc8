// Rows of growth.mjs: corpora in files.
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { data, text } from '../../packages/latentbrush/dist/index.js';
import { uniform } from '../networks/random-values.mjs';

const SIZES = [16, 64, 250];

export const corpusRows = ['char', 'word'].flatMap((level) => [
  {
    name: `corpus-${level}`,
    what: `millions of bytes of a corpus in a file, level ${level}, the first start: three steps`,
    sizes: SIZES,
    prepare: writeCorpus,
    run: (_, mark, folder) => train(level, folder, mark),
  },
  {
    name: `corpus-${level}-again`,
    what: `the same, the second start`,
    sizes: SIZES,
    prepare: async (size, folder) => {
      await writeCorpus(size, folder);
      await train(level, folder, () => undefined);
    },
    run: (_, mark, folder) => train(level, folder, mark),
  },
]);

async function train(level, folder, mark) {
  const corpus = await data.openCorpus(join(folder, 'corpus.txt'), { cacheDir: join(folder, 'cache') });
  const options = {
    level,
    embedding: 16,
    units: 16,
    window: 20,
    batchSize: 32,
    maxSteps: 3,
    sampleLength: 0,
    seed: 1,
  };
  for await (const event of text.train(corpus, options)) if (event.type === 'step') mark();
}

/** Words from a list of 50,000, the first of it far more often than the last. */
async function writeCorpus(size, folder) {
  const letters = Array.from(
    uniform(2, 400_000, 13),
    (draw) => 'etaoinshrdlucmfwypvbgkqjxz'[Math.floor(draw + 13)] ?? 'z',
  );
  const words = Array.from({ length: 50_000 }, (_, i) => letters.slice(8 * i, 8 * i + 2 + (i % 7)).join(''));
  const file = createWriteStream(join(folder, 'corpus.txt'));
  for (let written = 0, seed = 3; written < size * 1e6; seed++) {
    const draws = Array.from(
      uniform(seed, 200_000, 0.5),
      (draw) => words[Math.floor(words.length * (draw + 0.5) ** 4)] ?? 'a',
    );
    const lines = draws.map((word, i) => `${word}${i % 11 === 10 ? '\n' : ' '}`).join('');
    written += lines.length;
    if (!file.write(lines)) await new Promise((done) => file.once('drain', done));
  }
  file.end();
  await finished(file);
}

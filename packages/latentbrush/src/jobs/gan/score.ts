import { z } from 'zod';
import { pictureAt, type ImageDataset } from '../../data/index.ts';
import { FeatureExtractor, FEATURES, scoreOf } from '../../gan/index.ts';
import { checkScored } from '../../gan/score.ts';
import { option, OptionError, words } from '../../words.ts';
import { defineJob } from '../job.ts';
import { ganSystem } from '../latent/gan-system.ts';
import { withRun } from '../latent/open-run.ts';
import { modelOptions, runInputs } from '../latent/options.ts';
import { collected } from '../latent/sheet.ts';

/** Pictures of each kind: the products of all pairs need 100 MB. */
const MOST = 5000;

/** Measures how similar generated pictures are to real ones. It writes no file. */
export const ganScoreJob = defineJob({
  name: 'gan.score',
  about:
    'Measure how similar generated pictures are to real ones (kernel Inception distance on the embedded trunk; not comparable with published figures), and how varied they are.',
  inputs: z.strictObject(runInputs),
  options: z.strictObject({
    ...modelOptions,
    count: z.int().min(1).default(1000).describe('number of generated pictures, and of real ones'),
  }),
  async work(request, { report, ...work }) {
    const { count: wanted, class: name, threads } = request.options;
    if (wanted > MOST)
      throw new OptionError(
        words`${option('count')}: ${wanted} was given; all pairs of pictures are compared, so at most ${MOST} are possible`,
      );
    await withRun(ganSystem, request, { report, ...work }, async (run) => {
      const { model, random } = run;
      run.checkCount(wanted, words`${option('count')}`);
      const dataset = await run.dataset();
      const real = ofClass(dataset, name);
      const count = Math.min(wanted, real.length);
      checkScored(count);
      const order = random.fork('real pictures').permutation(real.length).slice(0, count);
      const extractor = await FeatureExtractor.load(dataset.height, threads);
      try {
        const generated = await collected(model.decodeApart(model.draw(random, count)), work.signal);
        await report.progress(1, 3, 'pictures generated');
        const ofGenerated = await extractor.of(generated);
        await report.progress(2, 3, 'features of generated pictures');
        const ofReal = await extractor.of([...order].map((place) => pictureAt(dataset, real[place]!)));
        const score = await scoreOf(ofGenerated, ofReal);
        await report.end(
          { type: 'score', features: FEATURES, ...score },
          `KID        ${score.kid.toFixed(4)}  (two halves of the real pictures: ${score.kidOfReal.toFixed(4)})\ndiversity  ${score.diversity.toFixed(2)}  (1: generated pictures differ from each other as much as real ones)\nof ${score.count} pictures each, by ${FEATURES}; not comparable with published figures\n`,
        );
      } finally {
        await extractor.release();
      }
    });
  },
});

/** Indices of the pictures of a class; of all pictures when none is named. */
function ofClass({ labels, count }: ImageDataset, name: string | undefined): number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  return name === undefined
    ? all
    : all.filter((index) => labels?.[index]?.normalize('NFC') === name.normalize('NFC'));
}

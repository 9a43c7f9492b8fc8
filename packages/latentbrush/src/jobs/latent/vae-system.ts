import { counted } from '../../counted.ts';
import { pictureAt } from '../../data/index.ts';
import { learnConcept } from '../../latent/index.ts';
import { readRun } from '../../runs/training-run.ts';
import { sheetScale, Vae, vaeRuns } from '../../vae/index.ts';
import { runOptions, type modelOptions } from './options.ts';
import { percent } from './percent.ts';
import type { ChosenPictures, LatentModel, LatentSystem } from './latent-system.ts';

/** A trained VAE: it has an encoder. */
export interface VaeLatentModel extends LatentModel {
  readonly vae: Vae;
  readonly encoder: NonNullable<LatentModel['encoder']>;
}

/** VAEs: every picture has a point. */
export const vaeSystem: LatentSystem<VaeLatentModel> = {
  name: 'vae',
  // Points are drawn from the whole normal distribution, without classes: the schema refuses other options.
  options: runOptions as typeof modelOptions,
  interpolation: 'linear',
  look: (size) => {
    const scale = sheetScale(size);
    return { gap: 0, scale, animationScale: scale * 2, interpolationScale: scale };
  },
  async describe(run) {
    const { extra } = await readRun(vaeRuns, run);
    return { form: extra.architecture, dataset: extra.dataset };
  },
  async load(run, { threads }, checkpoint) {
    const vae = await Vae.load(run, { threads, checkpoint });
    const encode = async (pictures: Parameters<Vae['encode']>[0]): Promise<Float32Array[]> =>
      (await vae.encode(pictures)).map(({ mean }) => mean);
    const pointsOf = ({ dataset, indices }: ChosenPictures): Promise<Float32Array[]> =>
      encode(indices.map((index) => pictureAt(dataset, index)));
    return {
      vae,
      form: vae.model.architecture,
      draw: (random, count) => vae.draw(random, count),
      decode: (points) => vae.decodeStream(points),
      decodeApart: (points) => vae.decodeStream(points),
      encoder: { fitted: (picture) => vae.fitted(picture), encode },
      async learn({ name, having, lacking }, { random }) {
        const [positives, negatives] = [await pointsOf(having), await pointsOf(lacking)];
        const concept = await learnConcept(name, positives, negatives, random.fork('folds'));
        return {
          concept,
          figures: {},
          lines: [
            `from ${counted(positives.length, 'picture')} with the concept and ${negatives.length} without`,
            `a linear classifier on the latent points is right for ${percent(concept.accuracy)} of unseen pictures (always the same answer: ${percent(concept.chance)})`,
          ],
        };
      },
      release: () => vae.release(),
    };
  },
};

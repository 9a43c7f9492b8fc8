import type { Random } from '@latentbrush/engine';
import { counted } from '../../counted.ts';
import { pictureAt } from '../../data/index.ts';
import { checkJudged } from '../../gan/feature-concept.ts';
import { conceptOfFeatures, FeatureExtractor, ganRuns, Generator } from '../../gan/index.ts';
import type { Picture } from '../../image/index.ts';
import { checkEnough } from '../../latent/concept.ts';
import type { Point } from '../../latent/index.ts';
import { readRun } from '../../runs/training-run.ts';
import { option, OptionError, words } from '../../words.ts';
import { modelOptions } from './options.ts';
import { percent } from './percent.ts';
import { collected } from './sheet.ts';
import type { ChosenPictures, LatentModel, LatentSystem } from './latent-system.ts';

/** A trained generator. */
export interface GanLatentModel extends LatentModel {
  readonly generator: Generator;
}

/** Approximate side of an animated picture, in pixels. */
const ANIMATION_SIDE = 256;

/** GANs: every point has a picture, but the point of a given picture is unknown. */
export const ganSystem: LatentSystem<GanLatentModel> = {
  name: 'gan',
  options: modelOptions,
  interpolation: 'spherical',
  look: (size) => {
    const animationScale = enlargement(size, ANIMATION_SIDE);
    return { gap: 2, scale: enlargement(size), animationScale, interpolationScale: animationScale };
  },
  async describe(run) {
    const { extra } = await readRun(ganRuns, run);
    return { form: extra.architecture, dataset: extra.dataset };
  },
  async load(run, { threads, truncation, class: name }, checkpoint) {
    const generator = await Generator.load(run, { threads, checkpoint });
    const { architecture, classes } = generator.model;
    const chosen = await releaseOnError(generator, () => classOf(name, classes));
    const decode = (
      points: readonly Point[],
      otherwise: (index: number) => number,
    ): AsyncIterable<Picture> => {
      if (classes.length === 0) return generator.decodeStream(points);
      return generator.decodeStream(
        points,
        points.map((_, index) => chosen ?? otherwise(index) % classes.length),
      );
    };
    const model: GanLatentModel = {
      generator,
      form: architecture,
      draw: (random, count) => generator.draw(random, count, truncation),
      decode: (points) => decode(points, () => 0),
      decodeApart: (points) => decode(points, (index) => index),
      async learn({ name, having, lacking, count }, { random, report }) {
        checkJudged(name, count);
        checkEnough(name, having.indices.length, lacking.indices.length);
        const some = {
          having: drawn(having, count, random.fork('with')),
          lacking: drawn(lacking, count, random.fork('without')),
        };
        const points = model.draw(random.fork('points'), count);
        const extractor = await FeatureExtractor.load(having.dataset.height, threads);
        try {
          const features = ({ dataset, indices }: ChosenPictures): Promise<Float32Array[]> =>
            extractor.of(indices.map((index) => pictureAt(dataset, index)));
          const labelled = { having: await features(some.having), lacking: await features(some.lacking) };
          await report.progress(1, 2, 'features of named pictures');
          const generated = await extractor.of(await collected(model.decode(points)));
          await report.progress(2, 2, 'features of generated pictures');
          const { concept, judge } = await conceptOfFeatures(name, points, generated, labelled, random);
          return {
            concept,
            figures: { judge },
            lines: [
              `from ${counted(count, 'generated picture')}, labelled by a classifier that learned from ${counted(judge.positives, 'picture')} with the concept and ${judge.negatives} without`,
              `the classifier is right for ${percent(judge.accuracy)} of unseen pictures (always the same answer: ${percent(judge.chance)})`,
              `pictures with most and least of the concept are separated by their points alone with ${percent(concept.accuracy)} accuracy (chance: ${percent(concept.chance)})`,
            ],
          };
        } finally {
          await extractor.release();
        }
      },
      release: () => generator.release(),
    };
    return model;
  },
};

function drawn({ dataset, indices }: ChosenPictures, count: number, random: Random): ChosenPictures {
  const order = [...random.permutation(indices.length).slice(0, count)];
  return { dataset, indices: order.map((place) => indices[place]!) };
}

async function releaseOnError<T>(generator: Generator, check: () => T): Promise<T> {
  try {
    return check();
  } catch (error) {
    await generator.release();
    throw error;
  }
}

/**
 * The index of a class; undefined when none is named. A name matches however its accents are encoded: runs of
 * version 0.1.0 may have two classes that differ only in this.
 * @throws OptionError when the run does not have the class
 */
function classOf(name: string | undefined, classes: readonly string[]): number | undefined {
  if (name === undefined) return undefined;
  if (classes.length === 0)
    throw new OptionError(
      words`${option('class')}: this run was trained without classes; leave "${name}" out`,
    );
  const composed = name.normalize('NFC');
  const found = classes.includes(name)
    ? classes.indexOf(name)
    : classes.findIndex((one) => one.normalize('NFC') === composed);
  if (found >= 0) return found;
  throw new OptionError(
    words`${option('class')}: "${name}" is not a class of this run; choose one of ${classes.join(', ')}`,
  );
}

/** Approximate side, in pixels, of a small picture on a sheet or in an animation. */
const SIDE = 64;

/** Factor by which small pictures are enlarged for people: a whole number. */
function enlargement(size: number, side = SIDE): number {
  return Math.max(1, Math.round(side / size));
}

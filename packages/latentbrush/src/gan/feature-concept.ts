/*
 * Concepts of a latent space that has no encoder: who knows only which pictures certain points give can have the pictures judged by a
 * classifier and learn a direction from the points whose pictures have most and least of the quality (Shen et al. 2020, *Interpreting the
 * Latent Space of GANs for Semantic Face Editing*, arXiv:1907.10786).
 */
import { InputError, type Random } from '@latentbrush/engine';
import { counted } from '../counted.ts';
import { learnConcept, score, type Concept, type Point } from '../latent/index.ts';

/** Features of pictures with and without a quality. */
export interface LabelledFeatures {
  readonly having: readonly Float32Array[];
  readonly lacking: readonly Float32Array[];
}

/** A concept, and how well the judge knew what it is about. */
export interface JudgedConcept {
  readonly concept: Concept;
  /** Share of labelled pictures that the classifier tells rightly which was not trained on them, and what chance would give. */
  readonly judge: Pick<Concept, 'accuracy' | 'chance' | 'positives' | 'negatives'>;
}

/** Which share of the points count as having most of the quality, and which as having least. */
const EXTREMES = 1 / 5;

/** Fewer points leave too few in a fifth. */
const FEWEST = 25;

/**
 * Learns a concept from generated pictures: a linear classifier of features learns the quality from labelled pictures, judges the generated
 * ones, and the fifth of the points whose pictures have most of it is set against the fifth that have least.
 * @param points of the latent space
 * @param features of the pictures of these points
 * @param labelled of pictures with and without the quality, features of the same network
 * @throws InputError with less than five labelled pictures of a kind, or less than 25 points
 * @example
 * // Features as `FeatureExtractor` gives them of the pictures of these points; here, the points themselves.
 * const random = new Random(1);
 * const near = (centre: number) => Float32Array.from({ length: 8 }, () => centre + random.normal());
 * const points = Array.from({ length: 50 }, () => near(0));
 * const labelled = { having: [1, 1, 1, 1, 1, 1].map(near), lacking: [-1, -1, -1, -1, -1, -1].map(near) };
 * const { concept, judge } = await gan.conceptOfFeatures('smile', points, points, labelled, random);
 * console.log(concept.name, judge.positives); // smile 6
 */
export async function conceptOfFeatures(
  name: string,
  points: readonly Point[],
  features: readonly Float32Array[],
  labelled: LabelledFeatures,
  random: Random,
): Promise<JudgedConcept> {
  checkJudged(name, points.length);
  const judge = await learnConcept(name, labelled.having, labelled.lacking, random.fork('judge'));
  const scores = features.map((seen) => score(seen, judge.logistic, 0));
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);
  const count = Math.floor(points.length * EXTREMES);
  const chosen = (indices: readonly number[]): Point[] => indices.map((index) => points[index]!);
  const most = chosen(order.slice(0, count));
  const least = chosen(order.slice(order.length - count));
  const { accuracy, chance, positives, negatives } = judge;
  return {
    concept: await learnConcept(name, most, least, random.fork('folds')),
    judge: { accuracy, chance, positives, negatives },
  };
}

/**
 * Refuses, before any is made, to learn a concept from too few generated pictures.
 * @throws InputError with less than 25
 */
export function checkJudged(name: string, count: number): void {
  if (count < FEWEST)
    throw new InputError(
      `concept "${name}": ${counted(count, 'generated picture was', 'generated pictures were')} given; at least ${FEWEST} are needed`,
    );
}

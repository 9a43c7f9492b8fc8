/*
 * Concepts of a latent space without an encoder. A classifier labels the pictures of random points. The direction is learned from the
 * points whose pictures have most and least of the concept (Shen et al. 2020, *Interpreting the Latent Space of GANs for Semantic Face
 * Editing*, arXiv:1907.10786).
 */
import { InputError, type Random } from '@latentbrush/engine';
import { counted } from '../counted.ts';
import { learnConcept, score, type Concept, type Point } from '../latent/index.ts';

/** Features of pictures with and without the concept. */
export interface LabelledFeatures {
  readonly having: readonly Float32Array[];
  readonly lacking: readonly Float32Array[];
}

/** A concept, and the accuracy of its classifier. */
export interface JudgedConcept {
  readonly concept: Concept;
  /** Cross-validated accuracy of the classifier on the labelled pictures, and the accuracy by chance. */
  readonly judge: Pick<Concept, 'accuracy' | 'chance' | 'positives' | 'negatives'>;
}

/** Share of the points that count as having most of the concept; the same share counts as having least. */
const EXTREMES = 1 / 5;

/** Fewer points leave too few in a fifth. */
const FEWEST = 25;

/**
 * Learns a concept from generated pictures: a linear classifier of features learns the concept from labelled pictures and scores the
 * generated ones. The direction leads from the fifth of the points with the lowest scores to the fifth with the highest.
 * @param points of the latent space
 * @param features of the pictures of these points
 * @param labelled of pictures with and without the concept, features of the same network
 * @throws InputError with fewer than five labelled pictures of a kind, or fewer than 25 points
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
 * Refuses to learn a concept from too few generated pictures, before any is made.
 * @throws InputError with fewer than 25
 */
export function checkJudged(name: string, count: number): void {
  if (count < FEWEST)
    throw new InputError(
      `concept "${name}": ${counted(count, 'generated picture was', 'generated pictures were')} given; at least ${FEWEST} are needed`,
    );
}

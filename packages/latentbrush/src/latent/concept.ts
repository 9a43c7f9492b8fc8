/*
 * Concept vectors: directions of a latent space along which a concept grows in pictures, such as a smile (White 2016, *Sampling Generative
 * Networks*, arXiv:1609.04468; Chollet, *Deep Learning with Python*, 8.4).
 */
import { InputError, type Random } from '@latentbrush/engine';
import { counted } from '../counted.ts';
import { z } from 'zod';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { readJsonFile } from '../files/json-file.ts';
import { recipeAsJson, type Recipe } from '../image/index.ts';
import { placeOfConcept } from '../runs/pretrained-runs.ts';
import type { Point } from './interpolation.ts';
import { crossValidatedAccuracy, logisticRegression } from './logistic-regression.ts';

const FORMAT = 'latentbrush-concept';

const VERSION = 1;

const schema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  name: z.string(),
  mean: z.array(z.float32()).min(1).max(65_536),
  logistic: z.array(z.float32()).min(1).max(65_536),
  accuracy: z.number().min(0).max(1),
  chance: z.number().min(0).max(1),
  positives: z.int().min(0),
  negatives: z.int().min(0),
  run: z.string().optional(),
});

/** A direction in a latent space, and the evidence for it. */
export interface Concept {
  readonly name: string;
  /** From the mean of the points without the concept to the mean of those with it. */
  readonly mean: Point;
  /** Across the decision boundary of a logistic regression; it has the length of `mean`. */
  readonly logistic: Point;
  /** Accuracy of a logistic regression in five-fold cross-validation. */
  readonly accuracy: number;
  /** Accuracy of always predicting the more frequent answer. */
  readonly chance: number;
  readonly positives: number;
  readonly negatives: number;
  /** Folder of the run that has this latent space, if known. */
  readonly run?: string | undefined;
}

/** Name of one of a concept's two directions. */
export type ConceptDirection = 'mean' | 'logistic';

/** Shortest direction, as a share of the spread of all points: below it both sides are the same pictures. */
const SMALLEST_SHARE = 0.01;

/** Fewest points on a side. */
const FEWEST = 5;

/**
 * Learns a concept from points with and without it.
 * @param random for the folds of the cross-validation
 * @throws InputError with fewer than five points on a side, or when both sides have the same mean
 * @example
 * const random = new Random(1);
 * const near = (centre: number) => Float32Array.of(centre + random.normal(), random.normal());
 * const concept = await latent.learnConcept('right', [3, 3, 3, 3, 3].map(near), [-3, -3, -3, -3, -3].map(near), random);
 * console.log(concept.accuracy); // 1
 */
export async function learnConcept(
  name: string,
  positives: readonly Point[],
  negatives: readonly Point[],
  random: Random,
): Promise<Concept> {
  checkEnough(name, positives.length, negatives.length);
  const points = [...positives, ...negatives];
  const answers = points.map((_, index) => index < positives.length);
  const mean = difference(meanOf(positives), meanOf(negatives));
  if (Math.hypot(...mean) <= SMALLEST_SHARE * spreadOf(points)) {
    throw new InputError(
      `concept "${name}": the pictures with it and without it have the same mean point in the latent space, so there is no direction; choose pictures that differ in it`,
    );
  }
  const { weights } = await logisticRegression(points, answers);
  // by class, so that each fold of the cross-validation has its share of both
  const order = [
    ...random.fork('with').permutation(positives.length),
    ...random
      .fork('without')
      .permutation(negatives.length)
      .map((index) => positives.length + index),
  ];
  return {
    name,
    mean,
    logistic: asLongAs(weights, mean),
    accuracy: await crossValidatedAccuracy(points, answers, order),
    chance: Math.max(positives.length, negatives.length) / points.length,
    positives: positives.length,
    negatives: negatives.length,
  };
}

/**
 * Refuses to learn a concept from too few pictures, before any is processed. @throws InputError with fewer than five on a side
 */
export function checkEnough(name: string, positives: number, negatives: number): void {
  for (const [what, count] of [
    ['with', positives],
    ['without', negatives],
  ] as const) {
    if (count < FEWEST) {
      throw new InputError(
        `concept "${name}": ${counted(count, 'picture')} ${what} it ${count === 1 ? 'was' : 'were'} found; at least ${FEWEST} are needed`,
      );
    }
  }
}

/**
 * Moves a point along a concept: strength 1 is the distance from the mean without the concept to the mean with it. @throws InputError when
 * the concept belongs to another latent space
 * @example
 * const smile = await latent.readConcept('smile.json');
 * const face = new Float32Array(smile.mean.length);
 * const [less, more] = [latent.bent(face, smile, -1), latent.bent(face, smile, 1)];
 */
export function bent(
  point: Point,
  concept: Concept,
  strength: number,
  direction: ConceptDirection = 'mean',
): Point {
  const along = concept[direction];
  if (along.length !== point.length) {
    throw new InputError(
      `concept "${concept.name}": it has ${counted(along.length, 'dimension')}, but this latent space has ${point.length}; learn the concept with this run`,
    );
  }
  return point.map((value, i) => value + strength * along[i]!);
}

/**
 * Writes a concept as JSON, whole or not at all.
 * @param recipe how it was learned; stored in the file
 * @example
 * const smile = await latent.readConcept('smile.json');
 * await latent.writeConcept('grin.json', { ...smile, name: 'grin' });
 */
export async function writeConcept(path: string, concept: Concept, recipe?: Recipe): Promise<void> {
  const contents = {
    format: FORMAT,
    version: VERSION,
    ...concept,
    mean: [...concept.mean],
    logistic: [...concept.logistic],
    recipe: recipe && recipeAsJson(recipe),
  };
  await writeFileAtomic(path, `${JSON.stringify(contents)}\n`);
}

/**
 * Reads a concept.
 * @param path its file, or a concept of a run of the package: `pretrained:faces-vae/smile`
 * @throws InputError when the file cannot be read or is not a concept
 * @example
 * const smile = await latent.readConcept('smile.json');
 * console.log(smile.name); // smile
 */
export async function readConcept(path: string): Promise<Concept> {
  const found = schema.safeParse(await readJsonFile(placeOfConcept(path)));
  if (!found.success) {
    throw new InputError(`${path}: is not a concept; make one with: latentbrush vae concept, or gan concept`);
  }
  const { name, mean, logistic, accuracy, chance, positives, negatives, run } = found.data;
  return {
    name,
    mean: Float32Array.from(mean),
    logistic: Float32Array.from(logistic),
    accuracy,
    chance,
    positives,
    negatives,
    ...(run !== undefined && { run }),
  };
}

function meanOf(points: readonly Point[]): Point {
  const sum = new Float64Array(points[0]!.length);
  for (const point of points) point.forEach((value, i) => (sum[i] = sum[i]! + value));
  return Float32Array.from(sum, (value) => value / points.length);
}

// Root of the mean squared distance from the mean.
function spreadOf(points: readonly Point[]): number {
  const mean = meanOf(points);
  const squares = points.reduce((sum, point) => sum + Math.hypot(...difference(point, mean)) ** 2, 0);
  return Math.sqrt(squares / points.length);
}

function difference(a: Point, b: Point): Point {
  return a.map((value, i) => value - b[i]!);
}

// The direction of `along` with the length of `step`.
function asLongAs(along: Float32Array, step: Point): Point {
  const length = Math.hypot(...along);
  const wanted = Math.hypot(...step);
  return along.map((value) => (length > 0 ? (value / length) * wanted : 0));
}

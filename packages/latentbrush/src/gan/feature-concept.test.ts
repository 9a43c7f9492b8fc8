import { InputError, Random } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import type { Point } from '../latent/index.ts';
import { conceptOfFeatures } from './feature-concept.ts';

/** Points of a latent space of three dimensions. */
function drawn(count: number, seed: number): Point[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => Float32Array.from({ length: 3 }, () => random.normal()));
}

/** The features of a point's picture: the concept is the second dimension, with noise. */
function seen(points: readonly Point[], seed: number): Float32Array[] {
  const random = new Random(seed);
  return points.map(([a = 0, b = 0]) => Float32Array.of(0.2 * random.normal() + b, 3 * a, random.normal()));
}

// Labelled pictures of unknown points: those with much of the concept, and all others.
const real = drawn(200, 1);
const labelled = {
  having: seen(
    real.filter(([, quality = 0]) => quality > 0.8),
    2,
  ),
  lacking: seen(
    real.filter(([, quality = 0]) => quality <= 0.8),
    3,
  ),
};
const points = drawn(300, 4);

describe('a concept of a generator, by a classifier of its pictures', () => {
  it('is the direction along which the concept grows', async () => {
    const { concept, judge } = await conceptOfFeatures(
      'smile',
      points,
      seen(points, 5),
      labelled,
      new Random(1),
    );
    for (const direction of [concept.mean, concept.logistic])
      expect(direction[1]! / Math.hypot(...direction)).toBeGreaterThan(0.97);
    expect(judge.accuracy).toBeGreaterThan(0.9);
    expect(judge).toMatchObject({ positives: labelled.having.length, negatives: labelled.lacking.length });
  });

  it('is learned from the top and bottom fifths, and has its accuracy for evidence', async () => {
    const { concept } = await conceptOfFeatures('smile', points, seen(points, 5), labelled, new Random(1));
    expect(concept).toMatchObject({ name: 'smile', positives: 60, negatives: 60, chance: 0.5 });
    expect(concept.accuracy).toBeGreaterThan(0.95);
  });

  it('has a low accuracy when pictures do not depend on the points', async () => {
    const { concept } = await conceptOfFeatures(
      'smile',
      points,
      seen(drawn(300, 6), 5),
      labelled,
      new Random(1),
    );
    expect(Math.abs(concept.accuracy - 0.5)).toBeLessThan(0.15);
  });

  it('is the same for the same seed', async () => {
    const learn = () => conceptOfFeatures('smile', points, seen(points, 5), labelled, new Random(1));
    expect(await learn()).toEqual(await learn());
  });

  it('needs five labelled pictures of each kind, and 25 points', async () => {
    const few = { ...labelled, having: labelled.having.slice(0, 4) };
    const learning = conceptOfFeatures('smile', points, seen(points, 5), few, new Random(1));
    await expect(learning).rejects.toThrow(InputError);
    await expect(learning).rejects.toThrow(/^concept "smile": 4 pictures with it were found; at least 5/);
    const fewer = points.slice(0, 24);
    const learningOfFew = conceptOfFeatures('smile', fewer, seen(fewer, 5), labelled, new Random(1));
    await expect(learningOfFew).rejects.toThrow(/24 generated pictures were given; at least 25 are needed$/);
  });
});

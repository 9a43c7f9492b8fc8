import { Random } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import type { Point } from './interpolation.ts';
import { crossValidatedAccuracy, logisticRegression, score } from './logistic-regression.ts';

/** Ten points of two overlapping classes. */
const points = [
  [0.5, 1.2],
  [1.5, 0.3],
  [2.0, 2.2],
  [3.1, 1.0],
  [2.5, 3.0],
  [0.2, 0.1],
  [-1.0, 0.5],
  [1.0, -0.5],
  [2.2, 0.8],
  [-0.5, -1.2],
].map((values) => Float32Array.from(values));
const answers = points.map((_, i) => i < 5);

describe('logisticRegression', () => {
  it("finds the minimum of cross-entropy and penalty, as Newton's method in float64 (NumPy) does", async () => {
    const { weights, bias } = await logisticRegression(points, answers);
    expect(weights[0]).toBeCloseTo(0.56422, 3);
    expect(weights[1]).toBeCloseTo(0.92588, 3);
    expect(bias).toBeCloseTo(-1.29903, 3);
  });

  it('does not depend on the origin', async () => {
    const moved = points.map(([x = 0, y = 0]) => Float32Array.of(x + 50, y - 30));
    const here = await logisticRegression(points, answers);
    const there = await logisticRegression(moved, answers);
    there.weights.forEach((weight, i) => expect(weight).toBeCloseTo(here.weights[i]!, 3));
    points.forEach((point, i) =>
      expect(score(moved[i]!, there.weights, there.bias)).toBeCloseTo(
        score(point, here.weights, here.bias),
        2,
      ),
    );
  });

  it('gives no weight to dimensions in which the points are nearly equal', async () => {
    const random = new Random(6);
    const collapsed = Array.from({ length: 200 }, (_, i) => {
      const noise = Array.from({ length: 20 }, () => 0.005 * random.normal());
      return Float32Array.of((i % 2 === 0 ? 1 : -1) + random.normal(), ...noise);
    });
    const { weights } = await logisticRegression(
      collapsed,
      collapsed.map((_, i) => i % 2 === 0),
    );
    expect(Math.hypot(...weights.subarray(1))).toBeLessThan(0.1 * weights[0]!);
  });

  it('separates linearly separable classes with finite weights', async () => {
    const random = new Random(3);
    const parted = Array.from({ length: 60 }, (_, i) =>
      Float32Array.of((i % 2 === 0 ? 4 : -4) + random.normal(), random.normal(), random.normal()),
    );
    const { weights, bias } = await logisticRegression(
      parted,
      parted.map((_, i) => i % 2 === 0),
    );
    expect(parted.every((point, i) => score(point, weights, bias) > 0 === (i % 2 === 0))).toBe(true);
    expect(weights.every(Number.isFinite)).toBe(true);
    expect(Math.abs(weights[0]!)).toBeGreaterThan(5 * Math.abs(weights[1]!));
  });

  it('accepts a constant dimension, and gives it no weight', async () => {
    const flat = points.map(([x = 0]) => Float32Array.of(x, 7));
    const { weights, bias } = await logisticRegression(flat, answers);
    expect(weights[1]).toBeCloseTo(0, 5);
    expect(Number.isFinite(bias)).toBe(true);
  });

  it('with one class always predicts it', async () => {
    const { weights, bias } = await logisticRegression(
      points,
      points.map(() => true),
    );
    expect(points.every((point) => score(point, weights, bias) > 0)).toBe(true);
  });
});

describe('crossValidatedAccuracy', () => {
  const order = (count: number): Uint32Array => new Random(1).permutation(count);
  const cloud = (count: number, middle: number, seed: number): Point[] => {
    const random = new Random(seed);
    return Array.from({ length: count }, () => Float32Array.of(middle + random.normal(), random.normal()));
  };

  it('is 1 for classes far apart', async () => {
    const both = [...cloud(30, -6, 1), ...cloud(30, 6, 2)];
    const of = both.map((_, i) => i < 30);
    expect(await crossValidatedAccuracy(both, of, order(60))).toBe(1);
  });

  it('is about a half for random labels, even if the points can be memorised', async () => {
    const random = new Random(5);
    const noise = Array.from({ length: 60 }, () => {
      const point = new Float32Array(40); // as many dimensions: they are linearly separable
      random.fillNormal(point);
      return point;
    });
    const of = noise.map((_, i) => i % 2 === 0);
    const { weights, bias } = await logisticRegression(noise, of);
    const learnt = noise.filter((point, i) => score(point, weights, bias) > 0 === of[i]);
    expect(learnt.length).toBeGreaterThan(50);
    const accuracy = await crossValidatedAccuracy(noise, of, order(60));
    expect(accuracy).toBeGreaterThan(0.25);
    expect(accuracy).toBeLessThan(0.75);
  });

  it('is the fraction of right predictions', async () => {
    // one point of each class lies deep in the other and is misclassified
    const both = [...cloud(19, -6, 1), Float32Array.of(6, 0), ...cloud(19, 6, 2), Float32Array.of(-6, 0)];
    const of = both.map((_, i) => i < 20);
    expect(await crossValidatedAccuracy(both, of, order(40))).toBeCloseTo(38 / 40, 10);
  });
});

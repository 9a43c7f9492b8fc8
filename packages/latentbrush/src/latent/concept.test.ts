import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, Random } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { bent, learnConcept, readConcept, writeConcept, type Concept } from './concept.ts';
import type { Point } from './interpolation.ts';

/** Points around a middle, wide in the first dimension and narrow in the others. */
function cloud(count: number, middle: readonly number[], seed: number): Point[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () =>
    Float32Array.from(middle, (value, i) => value + (i === 0 ? 3 : 0.3) * random.normal()),
  );
}

const smiles = cloud(120, [1, 2, 0], 1);
const others = cloud(80, [1, 0, 0], 2);

async function smile(): Promise<Concept> {
  return learnConcept('smile', smiles, others, new Random(1));
}

describe('learnConcept', () => {
  it('finds the direction from mean to mean', async () => {
    const { mean, ...rest } = await smile();
    const middle = (points: readonly Point[], axis: number): number =>
      points.reduce((sum, point) => sum + point[axis]!, 0) / points.length;
    for (const axis of [0, 1, 2])
      expect(mean[axis]).toBeCloseTo(middle(smiles, axis) - middle(others, axis), 4);
    expect(rest).toMatchObject({ name: 'smile', positives: 120, negatives: 80, chance: 0.6 });
  });

  it('finds the direction across the class boundary: it ignores mere scatter, and has the same length', async () => {
    const { mean, logistic } = await smile();
    expect(Math.hypot(...logistic)).toBeCloseTo(Math.hypot(...mean), 4);
    expect(logistic[1]! / Math.hypot(...logistic)).toBeGreaterThan(0.98);
    expect(Math.abs(logistic[0]!)).toBeLessThan(0.1);
  });

  it('has the cross-validated accuracy as evidence: 1, or no more than chance', async () => {
    expect((await smile()).accuracy).toBeGreaterThan(0.97);
    const nothing = await learnConcept('nothing', cloud(60, [0, 0], 3), cloud(60, [0, 0], 4), new Random(1));
    expect(nothing.chance).toBe(0.5);
    expect(Math.abs(nothing.accuracy - 0.5)).toBeLessThan(0.15);
  });

  it('is the same for the same seed', async () => {
    expect(await smile()).toEqual(await smile());
  });

  it.each([
    ['all one', Array.from({ length: 6 }, () => Float32Array.of(1, 1)), 0],
    ['the same on both sides', Array.from({ length: 6 }, (_, i) => Float32Array.of(i, 1 - i)), 0],
    ['nearly the same on both sides', Array.from({ length: 6 }, (_, i) => Float32Array.of(i, 1 - i)), 0.01],
  ])('refuses points that are %s: there is no direction', async (_, points, apart) => {
    const moved = points.map(([x, y]) => Float32Array.of(x! + apart, y!));
    await expect(learnConcept('none', points, moved, new Random(1))).rejects.toThrow(
      /^concept "none": the pictures with it and without it have the same mean point/,
    );
  });

  it.each([
    ['with', smiles.slice(0, 4), others],
    ['without', smiles, []],
  ] as const)('refuses too few pictures %s it', async (what, having, lacking) => {
    const learning = learnConcept('smile', having, lacking, new Random(1));
    await expect(learning).rejects.toThrow(InputError);
    await expect(learning).rejects.toThrow(
      `concept "smile": ${what === 'with' ? 4 : 0} pictures ${what} it were found; at least 5 are needed`,
    );
  });
});

describe('bent', () => {
  it('moves a point along the direction by the given amount', async () => {
    const concept = await smile();
    const point = Float32Array.of(0.5, -1, 2);
    expect(bent(point, concept, 0)).toEqual(point);
    bent(point, concept, -2).forEach((value, i) =>
      expect(value).toBeCloseTo(point[i]! - 2 * concept.mean[i]!, 5),
    );
    bent(point, concept, 1, 'logistic').forEach((value, i) =>
      expect(value).toBeCloseTo(point[i]! + concept.logistic[i]!, 5),
    );
  });

  it('refuses a point of another latent space', async () => {
    const concept = await smile();
    expect(() => bent(Float32Array.of(1, 2), concept, 1)).toThrow(InputError);
    expect(() => bent(Float32Array.of(1, 2), concept, 1)).toThrow(
      /it has 3 dimensions, but this latent space has 2/,
    );
  });
});

describe('the file of a concept', () => {
  it('is read as it was written', async () => {
    const path = join(await temporaryFolder(), 'smile.json');
    const concept = { ...(await smile()), run: '/runs/faces' };
    await writeConcept(path, concept);
    expect(await readConcept(path)).toEqual(concept);
  });

  it.each<[string, (written: Record<string, unknown>) => unknown]>([
    ['of another program', (written) => ({ ...written, format: 'other' })],
    ['of a later version', (written) => ({ ...written, version: 2 })],
    ['without a direction', (written) => ({ ...written, mean: undefined })],
    ['with a direction of no dimension', (written) => ({ ...written, logistic: [] })],
    ['with a text in place of a number', (written) => ({ ...written, mean: ['1', 2, 3] })],
    ['with a number outside float32', (written) => ({ ...written, mean: [1e300, 0, 0] })],
    ['with an impossible accuracy', (written) => ({ ...written, accuracy: 2 })],
    ['that is a list', () => []],
  ])('is refused %s', async (_, change) => {
    const path = join(await temporaryFolder(), 'smile.json');
    await writeConcept(path, await smile());
    const written = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    await writeFile(path, JSON.stringify(change(written)));
    await expect(readConcept(path)).rejects.toThrow(InputError);
    await expect(readConcept(path)).rejects.toThrow(/smile\.json: is not a concept; make one with/);
  });

  it('is refused when it is no JSON', async () => {
    const path = join(await temporaryFolder(), 'smile.json');
    await writeFile(path, '{"format":');
    await expect(readConcept(path)).rejects.toThrow(InputError);
  });
});

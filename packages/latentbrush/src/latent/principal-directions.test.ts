import { Random } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { principalDirections } from './principal-directions.ts';

/** Points around (1, 2, 3) with deviations of 4, 2 and 0.5 along three orthogonal directions. */
function cloud(count: number): Float32Array[] {
  const random = new Random(7);
  return Array.from({ length: count }, () => {
    const [a, b, c] = [4 * random.normal(), 2 * random.normal(), 0.5 * random.normal()];
    return Float32Array.of(1 + (a + b) / Math.SQRT2, 2 + (a - b) / Math.SQRT2, 3 + c);
  });
}

describe('principal directions', () => {
  it('are the directions of the widest spread, widest first', async () => {
    const { mean, directions, deviations, places } = await principalDirections(cloud(4000), 8);
    expect(directions).toHaveLength(3);
    [1, 2, 3].forEach((value, i) => expect(Math.abs(mean[i]! - value)).toBeLessThan(0.15));
    [4, 2, 0.5].forEach((value, i) => expect(deviations[i]! / value).toBeCloseTo(1, 1));
    const expected = [[Math.SQRT1_2, Math.SQRT1_2, 0], [Math.SQRT1_2, -Math.SQRT1_2, 0], [0, 0, 1]]; // prettier-ignore
    expected.forEach((direction, i) => {
      const cosine = direction.reduce((sum, value, j) => sum + value * directions[i]![j]!, 0);
      expect(Math.abs(cosine)).toBeGreaterThan(0.999);
    });
    expect(places).toHaveLength(4000);
  });

  it('reconstruct each point from its coordinates', async () => {
    const points = cloud(50);
    const { mean, directions, places } = await principalDirections(points, 3);
    places.forEach((place, row) =>
      mean.forEach((value, i) => {
        const again = place.reduce((sum, along, axis) => sum + along * directions[axis]![i]!, value);
        expect(again).toBeCloseTo(points[row]![i]!, 4);
      }),
    );
  });
});

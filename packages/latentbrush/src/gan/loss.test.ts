import {
  checkGradients,
  constant,
  conv2d,
  float32,
  grad,
  input,
  mul,
  reduceSum,
  softplus,
  square,
  sub,
  type NDArray,
  type Tensor,
} from '@latentbrush/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ganLosses, gradientPenalty, type GanLossName, type Scores } from './loss.ts';
import { valuesOf } from './testing/values.ts';
import { wave } from './testing/wave.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

interface Given {
  readonly generated: readonly number[];
  readonly real: readonly number[];
  readonly noise?: { readonly generated: readonly number[]; readonly real: readonly number[] };
}

interface Measured {
  readonly discriminator: number;
  readonly generator: number;
  readonly realAccuracy: number;
  readonly generatedAccuracy: number;
  /** Slopes of the discriminator's loss by the score of each picture. */
  readonly slopes: { readonly generated: readonly number[]; readonly real: readonly number[] };
}

/** A loss for scores; by default without noise on the labels. */
async function measured(name: GanLossName, { generated, real, noise }: Given): Promise<Measured> {
  const shape = [generated.length];
  const named = (kind: string): Tensor => input(kind, shape);
  const given = { generated: named('generated'), real: named('real') };
  const loss = ganLosses[name];
  const discriminator = loss.discriminator(given, {
    generated: named('noise_generated'),
    real: named('noise_real'),
  });
  const accuracy = loss.accuracy(given);
  const [byGenerated, byReal] = grad(discriminator, [given.generated, given.real]);
  const generator = loss.generator(given.generated);
  const values = await valuesOf(
    { discriminator, generator, ...accuracies(accuracy), byGenerated: byGenerated!, byReal: byReal! },
    {
      generated: float32([...generated]),
      real: float32([...real]),
      noise_generated: float32([...(noise?.generated ?? generated.map(() => 0))]),
      noise_real: float32([...(noise?.real ?? real.map(() => 0))]),
    },
  );
  return {
    discriminator: values.discriminator[0]!,
    generator: values.generator[0]!,
    realAccuracy: values.realAccuracy[0]!,
    generatedAccuracy: values.generatedAccuracy[0]!,
    slopes: { generated: [...values.byGenerated], real: [...values.byReal] },
  };
}

function accuracies({ real, generated }: Scores): Record<'realAccuracy' | 'generatedAccuracy', Tensor> {
  return { realAccuracy: real, generatedAccuracy: generated };
}

const scores = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 3, maxLength: 3 });
const noises = fc.array(fc.double({ min: 0, max: 0.05, noNaN: true }), { minLength: 3, maxLength: 3 });

describe('bce: cross-entropy with the labels of the book, generated 1 and real 0', () => {
  it('is log 2 for both when the discriminator is undecided', async () => {
    const figures = await measured('bce', { generated: [0, 0], real: [0, 0] });
    expect(figures.discriminator).toBeCloseTo(Math.LN2, 6);
    expect(figures.generator).toBeCloseTo(Math.LN2, 6);
  });

  it('a discriminator is right with high scores for generated pictures and low ones for real; the generator minimises scores', async () => {
    const right = await measured('bce', { generated: [9, 8], real: [-7, -9] });
    expect(right).toMatchObject({ realAccuracy: 1, generatedAccuracy: 1 });
    expect(right.discriminator).toBeLessThan(0.001);
    expect(right.generator).toBeGreaterThan(8);
    const fooled = await measured('bce', { generated: [-9, -8], real: [7, 9] });
    expect(fooled).toMatchObject({ realAccuracy: 0, generatedAccuracy: 0 });
    expect(fooled.discriminator).toBeGreaterThan(8);
    expect(fooled.generator).toBeLessThan(0.001);
  });

  it('counts real and generated pictures separately', async () => {
    const figures = await measured('bce', { generated: [1, -1, 2, 3], real: [1, -1, 2, 3] });
    expect(figures).toMatchObject({ generatedAccuracy: 0.75, realAccuracy: 0.25 });
  });

  it('is the mean of -(y log p + (1 - y) log(1 - p)) over both kinds together, y with noise added', async () => {
    await fc.assert(
      fc.asyncProperty(scores, scores, noises, noises, async (generated, real, forGenerated, forReal) => {
        const of = (logit: number, y: number): number =>
          -(y * Math.log(sigmoid(logit)) + (1 - y) * Math.log(1 - sigmoid(logit)));
        const figures = await measured('bce', {
          generated,
          real,
          noise: { generated: forGenerated, real: forReal },
        });
        const each = [
          ...generated.map((logit, i) => of(logit, 1 + forGenerated[i]!)),
          ...real.map((logit, i) => of(logit, forReal[i]!)),
        ];
        expect(figures.discriminator).toBeCloseTo(mean(each), 4);
        expect(figures.generator).toBeCloseTo(mean(generated.map((logit) => of(logit, 0))), 4);
      }),
      { numRuns: 15 },
    );
  });

  it('labels above 1 do not drive scores to infinity: the gradient is 0 beyond the clipping of Keras', async () => {
    const noise = { generated: [0.05, 0.05], real: [0, 0] };
    const { slopes } = await measured('bce', { generated: [20, 8], real: [0, 0], noise });
    expect(slopes.generated[0]).toBe(0);
    expect(slopes.generated[1]).toBeCloseTo((sigmoid(8) - 1.05) / 4, 5);
  });
});

describe('hinge: max(0, 1 - D(real)) + max(0, 1 + D(generated))', () => {
  it('by hand', async () => {
    const figures = await measured('hinge', { generated: [-3, 0.5], real: [2, -1] });
    expect(figures.discriminator).toBeCloseTo((0 + 1.5) / 2 + (0 + 2) / 2, 6);
    expect(figures.generator).toBeCloseTo(1.25, 6);
    expect(figures).toMatchObject({ realAccuracy: 0.5, generatedAccuracy: 0.5 });
  });

  it('is 0 for pictures beyond a margin of 1', async () => {
    const { slopes } = await measured('hinge', { generated: [-1.5, 0], real: [1.5, 0] });
    expect(slopes).toEqual({ generated: [0, 0.5], real: [-0, -0.5] });
  });
});

describe('wgan-gp', () => {
  it('is D(generated) - D(real); the generator minimises -D(generated)', async () => {
    const figures = await measured('wgan-gp', { generated: [-3, 0.5, 1], real: [2, -1, 8] });
    expect(figures.discriminator).toBeCloseTo(-0.5 - 3, 6);
    expect(figures.generator).toBeCloseTo(0.5, 6);
  });

  it('has no margin: every score counts', async () => {
    const { slopes } = await measured('wgan-gp', { generated: [-50, 0], real: [50, 0] });
    expect(slopes).toEqual({ generated: [0.5, 0.5], real: [-0.5, -0.5] });
  });
});

describe('gradient penalty', () => {
  const shape = [2, 3, 2, 2];
  const [real, generated] = [wave('real', shape), wave('generated', shape)];

  async function penalty(
    scoreOf: (pictures: Tensor) => Tensor,
    epsilon: readonly number[] = [0.3, 0.8],
  ): Promise<number> {
    const value = gradientPenalty(
      scoreOf,
      input('real', shape),
      input('generated', shape),
      input('epsilon', [2, 1, 1, 1]),
    );
    const feeds = { real, generated, epsilon: float32([...epsilon], [2, 1, 1, 1]) };
    return (await valuesOf({ value }, feeds)).value[0]!;
  }

  it.each([0, 0.5, 1, 3])('of a linear critic with slope %f everywhere: (slope - 1)²', async (slope) => {
    const scoreOf = (x: Tensor): Tensor => mul(reduceSum(x, [1, 2, 3]), slope / Math.sqrt(12));
    expect(await penalty(scoreOf)).toBeCloseTo((slope - 1) ** 2, 4);
  });

  it('is taken at ε real + (1 - ε) generated, each picture with its own ε', async () => {
    // The slope of |x - generated|² / 2 is the difference from the generated picture: ε times the one from the real one.
    const scoreOf = (x: Tensor): Tensor =>
      mul(reduceSum(square(sub(x, constant(generated))), [1, 2, 3]), 0.5);
    const distance = (picture: number): number => {
      const difference = (_: unknown, i: number): number =>
        real.data[12 * picture + i]! - generated.data[12 * picture + i]!;
      return Math.hypot(...Array.from({ length: 12 }, difference));
    };
    const expected = mean([(0.3 * distance(0) - 1) ** 2, (0.8 * distance(1) - 1) ** 2]);
    expect(await penalty(scoreOf)).toBeCloseTo(expected, 4);
  });

  it('can itself be differentiated: a gradient of a gradient, against finite differences', async () => {
    const values: NDArray[] = [
      wave('kernel', [4, 3, 2, 2], 0.7),
      wave('bias', [1, 4, 1, 1]),
      real,
      generated,
      wave('epsilon', [2, 1, 1, 1], 0.4, 0.5),
    ];
    await checkGradients((kernel, bias, x, y, epsilon) => {
      const scoreOf = (pictures: Tensor): Tensor =>
        reduceSum(mul(softplus(conv2d(pictures, kernel)), bias), [1, 2, 3]);
      return gradientPenalty(scoreOf, x, y, epsilon);
    }, values);
  });
});

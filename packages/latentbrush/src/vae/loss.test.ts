import { readFileSync } from 'node:fs';
import {
  add,
  compile,
  float32,
  grad,
  input,
  reduceSum,
  square,
  type NDArray,
  type Tensor,
} from '@latentbrush/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  KL_SCALE,
  klDivergence,
  klWeight,
  reconstructionError,
  sampled,
  vaeTerms,
  type VaeTerms,
} from './loss.ts';
import type { Architecture } from './networks/network.ts';

const matrix = z.array(z.array(z.number()));
const pictures = z.array(z.array(z.array(z.array(z.number()))));

/** Figures computed in float64 from the formulas of the book (Chollet 8.4). Channels last, as there. */
const oracle = z
  .object({
    z_mean: matrix,
    z_log_var: matrix,
    epsilon: matrix,
    x: pictures,
    decoded: pictures,
    z: matrix,
    reconstruction_loss: z.number(),
    kl_loss: z.array(z.number()),
    total_loss: z.number(),
    gradients: z.object({ z_mean: matrix, z_log_var: matrix, decoded: pictures }),
  })
  .parse(JSON.parse(readFileSync(new URL('oracles/vae_losses.json', import.meta.url), 'utf8')));

const book: Architecture = {
  kind: 'book',
  size: 28,
  channels: 1,
  latent: 2,
  filters: 32,
  boundedVariance: false,
};
const plain = { reconstruction: 'bce', sigma: 0.1, beta: undefined, freeBits: 0, klWarmup: 0 } as const;

describe("the book's sampling, losses and gradients have the book's values", () => {
  const architecture = { ...book, size: 4 };
  const decoded = oracle.decoded.flat(3);
  const feeds = {
    mean: rows(oracle.z_mean),
    log_var: rows(oracle.z_log_var),
    epsilon: rows(oracle.epsilon),
    pictures: float32(oracle.x.flat(3), [3, 1, 4, 4]),
    logits: float32(
      decoded.map((p) => Math.log(p / (1 - p))),
      [3, 1, 4, 4],
    ),
  };
  const posterior = { mean: input('mean', [3, 2]), logVar: input('log_var', [3, 2]) };
  const logits = input('logits', [3, 1, 4, 4]);
  const points = sampled(posterior, input('epsilon', [3, 2]));
  const terms = vaeTerms(input('pictures', [3, 1, 4, 4]), posterior, logits, architecture, plain);

  it('sampling', async () => {
    const { points: found } = await evaluate({ points }, feeds);
    expectClose(found, oracle.z.flat());
  });

  it('reconstruction, per pixel', async () => {
    const { reconstruction } = await evaluate({ reconstruction: terms.reconstruction }, feeds);
    expectClose(scaled(reconstruction, 1 / 16), [oracle.reconstruction_loss]);
  });

  it('KL divergence of each picture, times its weight, per pixel', async () => {
    const { kl } = await evaluate({ kl: reduceSum(klDivergence(posterior), [1]) }, feeds);
    expectClose(scaled(kl, klWeight(plain, architecture) / 16), oracle.kl_loss);
  });

  it('total, and its gradients', async () => {
    const loss = add(terms.loss, reduceSum(square(points)));
    const [mean, logVar, picture] = grad(loss, [posterior.mean, posterior.logVar, logits]);
    const found = await evaluate(
      { total: terms.loss, byMean: mean!, byLogVar: logVar!, byPicture: picture! },
      feeds,
    );
    expectClose(found.total, [oracle.total_loss]);
    expectClose(found.byMean, oracle.gradients.z_mean.flat());
    expectClose(found.byLogVar, oracle.gradients.z_log_var.flat());
    // the reference is the gradient to p, the sigmoid of the logits: by the chain rule, multiply it by p (1 - p)
    const slopes = oracle.gradients.decoded.flat(3);
    expectClose(
      found.byPicture,
      slopes.map((slope, i) => slope * decoded[i]! * (1 - decoded[i]!)),
    );
  });
});

describe('klDivergence', () => {
  it('is the integral of q log (q / p), p the standard normal distribution', async () => {
    const cases = [
      [0, 0],
      [1.5, 0],
      [-0.3, 1],
      [2, -3],
      [0.1, -0.5],
    ] as const;
    const posterior = { mean: input('mean', [cases.length, 1]), logVar: input('log_var', [cases.length, 1]) };
    const { kl } = await evaluate(
      { kl: klDivergence(posterior) },
      { mean: rows(cases.map(([mean]) => [mean])), log_var: rows(cases.map(([, logVar]) => [logVar])) },
    );
    cases.forEach(([mean, logVar], i) => {
      const deviation = Math.exp(logVar / 2);
      const log = (x: number, centre: number, width: number): number =>
        -0.5 * ((x - centre) / width) ** 2 - Math.log(width * Math.sqrt(2 * Math.PI));
      const integral = integrate(mean - 12 * deviation, mean + 12 * deviation, (x) => {
        const q = log(x, mean, deviation);
        return Math.exp(q) * (q - log(x, 0, 1));
      });
      expect(Number(kl.data[i])).toBeCloseTo(integral, 5);
    });
  });

  it('is never below 0, and 0 only for the standard normal distribution', async () => {
    const posterior = { mean: input('mean', [1, 1]), logVar: input('log_var', [1, 1]) };
    const session = await compile({ kl: klDivergence(posterior) }, { threads: 1 });
    const at = async (mean: number, logVar: number): Promise<number> =>
      Number((await session.run({ mean: rows([[mean]]), log_var: rows([[logVar]]) })).kl.data[0]);
    expect(await at(0, 0)).toBe(0);
    const number = fc.double({ min: -4, max: 4, noNaN: true });
    await fc.assert(
      fc.asyncProperty(number, number, async (mean, logVar) => {
        const kl = await at(mean, logVar);
        expect(kl).toBeGreaterThan(-1e-6);
        if (Math.abs(mean) > 0.1 || Math.abs(logVar) > 0.1) expect(kl).toBeGreaterThan(1e-3);
      }),
    );
    await session.release();
  });
});

describe('reconstructionError', () => {
  const error = async (
    options: Parameters<typeof reconstructionError>[2],
    of: NDArray,
    logits: NDArray,
  ): Promise<Float32Array> => {
    const tensors = [input('of', of.shape), input('logits', logits.shape)] as const;
    const { found } = await evaluate({ found: reconstructionError(...tensors, options) }, { of, logits });
    return found.data as Float32Array;
  };

  it('bce: sums -log p over the pixels of a picture; the probabilities of black and white add up to 1', async () => {
    const logits = [0.3, -2, 4, 0];
    const both = float32([0, 0, 0, 0, 1, 1, 1, 1], [2, 1, 2, 2]);
    const found = await error(plain, both, float32([...logits, ...logits], [2, 1, 2, 2]));
    expect(found).toHaveLength(2);
    const surprise = (white: boolean): number =>
      logits.reduce((sum, logit) => sum + Math.log(1 + Math.exp(white ? -logit : logit)), 0);
    expect(found[0]).toBeCloseTo(surprise(false), 5);
    expect(found[1]).toBeCloseTo(surprise(true), 5);
    const [black, white] = await error(
      plain,
      float32([0, 1], [2, 1, 1, 1]),
      float32([0.7, 0.7], [2, 1, 1, 1]),
    );
    expect(Math.exp(-black!) + Math.exp(-white!)).toBeCloseTo(1, 5);
  });

  it('bce: stays finite where a sigmoid is rounded to 0 or 1', async () => {
    const [sure] = await error(plain, float32([1, 0], [1, 1, 1, 2]), float32([-200, 200], [1, 1, 1, 2]));
    expect(sure).toBeCloseTo(400, 3);
  });

  it('gaussian: is minus the logarithm of a density around the picture whose integral is 1', async () => {
    const sigma = 0.2;
    const levels = Array.from({ length: 401 }, (_, i) => -1.5 + i / 100); // 0.5 ± 2, ten deviations
    const found = await error(
      { reconstruction: 'gaussian', sigma },
      float32(levels, [levels.length, 1, 1, 1]),
      float32(new Float32Array(levels.length), [levels.length, 1, 1, 1]), // sigmoid(0) = 0.5
    );
    const densities = Array.from(found, (nats) => Math.exp(-nats));
    expect(densities.reduce((sum, density) => sum + density / 100, 0)).toBeCloseTo(1, 4);
    const centre = 200; // 0.5
    expect(densities.indexOf(Math.max(...densities))).toBe(centre);
    expect(found[centre + 20]! - found[centre]!).toBeCloseTo(0.5, 4); // an error of one deviation costs half a nat
  });

  it('gaussian: sums over all channels and pixels of each picture', async () => {
    const shape = [2, 3, 2, 2];
    const of = float32(
      Float32Array.from({ length: 24 }, (_, i) => (i < 12 ? 0.5 : 0.6)),
      shape,
    );
    const found = await error(
      { reconstruction: 'gaussian', sigma: 1 },
      of,
      float32(new Float32Array(24), shape),
    );
    expect(found[0]).toBeCloseTo(12 * Math.log(Math.sqrt(2 * Math.PI)), 4);
    expect(found[1]! - found[0]!).toBeCloseTo((12 * 0.01) / 2, 4);
  });
});

describe('klWeight', () => {
  it('is that of the book, 0.0005 · mean over dimensions against a mean over pixels: 0.392 for its network', () => {
    expect(klWeight({ beta: undefined }, book)).toBeCloseTo(0.392, 12);
    // per picture: loss = mean over pixels + 0.0005 · mean over dimensions of 2 · KL
    const [values, latent, kl] = [3 * 32 ** 2, 16, 5];
    const weight = klWeight({ beta: undefined }, { size: 32, channels: 3, latent });
    expect((weight * kl) / values).toBeCloseTo((5e-4 * 2 * kl) / latent, 12);
  });

  it('is beta if given, also 0', () => {
    expect(klWeight({ beta: 4 }, book)).toBe(4);
    expect(klWeight({ beta: 0 }, book)).toBe(0);
  });
});

describe('vaeTerms', () => {
  const tiny: Architecture = {
    kind: 'book',
    size: 2,
    channels: 1,
    latent: 2,
    filters: 4,
    boundedVariance: true,
  };
  const flat = float32(new Float32Array(8).fill(0.5), [2, 1, 2, 2]);
  const feeds = {
    mean: rows([
      [1, 0.2],
      [2, 0.2],
    ]),
    log_var: rows([
      [0, 0],
      [0, 0],
    ]),
    pictures: flat,
    logits: float32(new Float32Array(8), [2, 1, 2, 2]),
  };
  // KL divergence of each dimension, mean over the batch: mean² / 2 at variance 1
  const [first, second] = [(1 ** 2 / 2 + 2 ** 2 / 2) / 2, 0.2 ** 2 / 2];
  const reconstruction = 4 * Math.LN2; // the entropy of four even chances

  const posterior = { mean: input('mean', [2, 2]), logVar: input('log_var', [2, 2]) };

  function terms(options: Partial<Parameters<typeof vaeTerms>[4]>): Record<keyof VaeTerms, Tensor> {
    const [of, logits] = [input('pictures', [2, 1, 2, 2]), input('logits', [2, 1, 2, 2])];
    return { ...vaeTerms(of, posterior, logits, tiny, { ...plain, ...options }) };
  }

  it('are means over the batch in nats per picture; the loss is per value of a picture', async () => {
    const outputs = terms({ beta: 1 });
    const found = await evaluate(outputs, feeds);
    expect(Number(found.reconstruction.data[0])).toBeCloseTo(reconstruction, 5);
    expect(Number(found.kl.data[0])).toBeCloseTo(first + second, 5);
    expect(Number(found.loss.data[0])).toBeCloseTo((reconstruction + first + second) / 4, 5);
  });

  it('beta weights the KL divergence', async () => {
    const { loss } = await evaluate({ loss: terms({ beta: 3 }).loss }, feeds);
    expect(Number(loss.data[0])).toBeCloseTo((reconstruction + 3 * (first + second)) / 4, 5);
  });

  it('free bits: a dimension below them has their cost and no gradient; the true value is reported', async () => {
    const { loss, kl } = terms({ beta: 1, freeBits: 0.5 });
    const [slope] = grad(loss, [posterior.mean]);
    const found = await evaluate({ loss, kl, slope: slope! }, feeds);
    expect(Number(found.loss.data[0])).toBeCloseTo((reconstruction + first + 0.5) / 4, 5);
    expect(Number(found.kl.data[0])).toBeCloseTo(first + second, 5);
    const [a, b, c, d] = Array.from(found.slope.data, Number);
    expect([b, d]).toEqual([0, 0]);
    expect(a).toBeCloseTo(1 / 8, 5); // mean / batch / values
    expect(c).toBeCloseTo(2 / 8, 5);
  });

  it('warm-up: the KL divergence is weighted by the input; its full value is reported', async () => {
    const outputs = terms({ beta: 1, klWarmup: 2 });
    for (const scale of [0, 0.25, 1]) {
      const found = await evaluate(outputs, { ...feeds, [KL_SCALE]: float32([scale], []) });
      expect(Number(found.loss.data[0])).toBeCloseTo((reconstruction + scale * (first + second)) / 4, 5);
      expect(Number(found.kl.data[0])).toBeCloseTo(first + second, 5);
    }
  });
});

function rows(values: readonly (readonly number[])[]): NDArray<'float32'> {
  return float32(values.flat(), [values.length, values[0]!.length]);
}

function scaled({ data }: NDArray, by: number): NDArray {
  return float32((data as Float32Array).map((value) => value * by));
}

/** Each within 1e-4 of the largest. */
function expectClose({ data }: NDArray, expected: readonly number[]): void {
  expect(data).toHaveLength(expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expected.forEach((value, i) =>
    expect(Math.abs(Number(data[i]) - value) / largest).toBeLessThanOrEqual(1e-4),
  );
}

async function evaluate<Name extends string>(
  outputs: Parameters<typeof compile<Name>>[0],
  feeds: Readonly<Record<string, NDArray>>,
): Promise<Record<Name, NDArray>> {
  const session = await compile(outputs, { threads: 1 });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

/** By the trapezoidal rule. */
function integrate(from: number, to: number, of: (x: number) => number): number {
  const steps = 4000;
  const width = (to - from) / steps;
  let sum = (of(from) + of(to)) / 2;
  for (let i = 1; i < steps; i++) sum += of(from + i * width);
  return sum * width;
}

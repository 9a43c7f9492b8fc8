import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  lbfgs,
  LbfgsMemory,
  type LbfgsIteration,
  type LbfgsObjective,
  type LbfgsOptions,
  type LbfgsResult,
} from './lbfgs.ts';
import { strongWolfe, type LinePoint } from './line-search.ts';

async function minimise(objective: LbfgsObjective, start: readonly number[], options: LbfgsOptions = {}) {
  const iterations: (Omit<LbfgsIteration, 'x'> & { x: number[] })[] = [];
  const steps = lbfgs(objective, Float32Array.from(start), options);
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return { iterations, result: next.value satisfies LbfgsResult };
    iterations.push({ ...next.value, x: [...next.value.x] });
  }
}

function counted(objective: LbfgsObjective): { objective: LbfgsObjective; count: () => number } {
  let calls = 0;
  return {
    objective: (x) => {
      calls += 1;
      return objective(x);
    },
    count: () => calls,
  };
}

// f(x) = Σ 100 (x[i+1] - x[i]²)² + (1 - x[i])²: a long curved valley with its minimum 0 at (1, ..., 1)
const rosenbrock: LbfgsObjective = (x) => {
  let value = 0;
  const gradient = new Float32Array(x.length);
  for (let i = 0; i + 1 < x.length; i++) {
    const [a = 0, b = 0] = [x[i], x[i + 1]];
    value += 100 * (b - a * a) ** 2 + (1 - a) ** 2;
    gradient[i] = (gradient[i] ?? 0) - 400 * a * (b - a * a) - 2 * (1 - a);
    gradient[i + 1] = (gradient[i + 1] ?? 0) + 200 * (b - a * a);
  }
  return Promise.resolve({ value, gradient });
};

// f(x) = ½ Σ c (x - t)²
function quadratic(curvatures: readonly number[], target: readonly number[]): LbfgsObjective {
  return (x) => {
    const off = Array.from(x, (value, i) => value - (target[i] ?? 0));
    const gradient = Float32Array.from(off, (value, i) => value * (curvatures[i] ?? 1));
    return Promise.resolve({
      value: off.reduce((sum, value, i) => sum + 0.5 * (curvatures[i] ?? 1) * value ** 2, 0),
      gradient,
    });
  };
}

// -H g by the update of the whole matrix (Nocedal & Wright, 6.17), from H = sᵀy / yᵀy of the last pair, y = curvatures · s
function bfgsDirection(steps: number[][], curvatures: readonly number[], gradient: Float32Array): number[] {
  const product = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const times = (h: number[][], v: number[]): number[] => h.map((row) => product(row, v));
  const changes = steps.map((s) => s.map((value, i) => value * curvatures[i]!));
  const [s, y] = [steps.at(-1)!, changes.at(-1)!];
  let h = s.map((_, i) => s.map((__, j) => (i === j ? product(s, y) / product(y, y) : 0)));
  steps.forEach((s, k) => {
    const y = changes[k]!;
    const rho = 1 / product(s, y);
    const hy = times(h, y);
    const yhy = product(y, hy);
    h = h.map((row, i) =>
      row.map(
        (value, j) =>
          value - rho * (s[i]! * hy[j]! + hy[i]! * s[j]!) + (rho * rho * yhy + rho) * s[i]! * s[j]!,
      ),
    );
  });
  return times(h, [...gradient]).map((value) => -value);
}

const enough = { maxIterations: 500, maxEvaluations: 1000, functionTolerance: 0 };

describe('lbfgs finds the minimum', () => {
  it.each([2, 10])('of the Rosenbrock function in %i dimensions', async (dimensions) => {
    const start = Array.from({ length: dimensions }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
    const { result } = await minimise(rosenbrock, start, { ...enough, gradientTolerance: 1e-3 });
    expect(result.reason).toBe('gradient-tolerance');
    for (const value of result.x) expect(value).toBeCloseTo(1, 2);
    expect(result.evaluations).toBeLessThan(dimensions * 60);
  });

  it('of any convex quadratic', async () => {
    const problems = fc.array(
      fc.record({
        curvature: fc.double({ min: 0.1, max: 50, noNaN: true }),
        target: fc.double({ min: -5, max: 5, noNaN: true }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(problems, async (problem) => {
        const target = problem.map((part) => part.target);
        const objective = quadratic(
          problem.map(({ curvature }) => curvature),
          target,
        );
        const { result } = await minimise(
          objective,
          target.map(() => 0),
          { ...enough, gradientTolerance: 1e-3 },
        );
        target.forEach((value, i) => expect(Math.abs((result.x[i] ?? 0) - value)).toBeLessThan(2e-2));
      }),
      { numRuns: 50 },
    );
  });
});

describe('lbfgs', () => {
  it('never goes up', async () => {
    const { iterations } = await minimise(rosenbrock, [-1.2, 1, -1.2, 1], enough);
    const values = iterations.map(({ value }) => value);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
  });

  it('evaluates at most as often as allowed, and reports that limit', async () => {
    for (const maxEvaluations of [1, 2, 5, 20]) {
      const { objective, count } = counted(rosenbrock);
      const { result } = await minimise(objective, [-1.2, 1], { maxIterations: 100, maxEvaluations });
      expect(count()).toBeLessThanOrEqual(maxEvaluations);
      expect(result).toMatchObject({ reason: 'max-evaluations', evaluations: count() });
    }
  });

  it('stops after maxIterations, within a tolerance of the value, and when asked', async () => {
    const limited = await minimise(rosenbrock, [-1.2, 1], { maxIterations: 3, maxEvaluations: 100 });
    expect(limited.result).toMatchObject({ reason: 'max-iterations', iterations: 3 });
    const coarse = await minimise(rosenbrock, [-1.2, 1], { ...enough, functionTolerance: 0.5 });
    expect(coarse.result.reason).toBe('function-tolerance');
    const aborted = await minimise(rosenbrock, [-1.2, 1], { ...enough, signal: AbortSignal.abort() });
    expect(aborted.result).toMatchObject({ reason: 'aborted', iterations: 0 });
  });

  it('takes a first step of the given length, as a sum of magnitudes', async () => {
    const { objective, count } = counted(quadratic([1, 1, 1], [300, -500, 200]));
    const { iterations } = await minimise(objective, [0, 0, 0], {
      maxIterations: 1,
      maxEvaluations: 2,
      firstStep: 20,
    });
    expect(count()).toBe(2);
    [6, -10, 4].forEach((expected, i) => expect(iterations[0]!.x[i]).toBeCloseTo(expected, 4));
  });

  it('takes the direction that the full BFGS matrix gives', async () => {
    const memory = new LbfgsMemory();
    const curvatures = [2, 5];
    for (const s of [Float32Array.of(1, 0.5), Float32Array.of(-0.25, 1)])
      memory.remember(
        s,
        s.map((value, i) => value * curvatures[i]!),
        10,
      );
    const { gradient } = await quadratic(curvatures, [3, -4])(Float32Array.of(0, 0));
    const dense = bfgsDirection(
      [
        [1, 0.5],
        [-0.25, 1],
      ],
      curvatures,
      gradient,
    );
    const { direction, slope } = memory.direction(gradient);
    dense.forEach((expected, i) => expect(direction[i]).toBeCloseTo(expected, 5));
    expect(slope).toBeCloseTo(direction[0]! * gradient[0]! + direction[1]! * gradient[1]!, 4);
  });

  it('refuses one buffer for two gradients, since it keeps them', async () => {
    const buffer = new Float32Array(2);
    const reusing: LbfgsObjective = async (x) => {
      const { value, gradient } = await rosenbrock(x);
      buffer.set(gradient);
      return { value, gradient: buffer };
    };
    await expect(minimise(reusing, [-1.2, 1], enough)).rejects.toThrow(
      'the objective returned one buffer for two gradients; return a new one each time',
    );
  });

  it('takes a shorter step where the function is not finite', async () => {
    // f(x) = x - ln x, not defined for x <= 0, minimum at 1
    const objective: LbfgsObjective = ([x = 0]) =>
      Promise.resolve({ value: x > 0 ? x - Math.log(x) : Number.NaN, gradient: Float32Array.of(1 - 1 / x) });
    const { result } = await minimise(objective, [30], { ...enough, gradientTolerance: 1e-3 });
    expect(result.x[0]).toBeCloseTo(1, 2);
    await expect(minimise(objective, [-1])).rejects.toThrow(/not finite/);
  });

  it('continues with its memory where another call stopped, faster than without', async () => {
    const start = [-1.2, 1, -1.2, 1, -1.2, 1];
    const evaluationsInRounds = async (keep: boolean): Promise<number> => {
      const memory = new LbfgsMemory();
      let [x, total] = [start, 0];
      for (let round = 0; round < 100; round++) {
        const { result } = await minimise(rosenbrock, x, {
          maxIterations: 5,
          maxEvaluations: 50,
          functionTolerance: 0,
          gradientTolerance: 1e-2,
          memory: keep ? memory : undefined,
        });
        [x, total] = [[...result.x], total + result.evaluations];
        if (result.reason === 'gradient-tolerance') break;
      }
      return total;
    };
    expect(await evaluationsInRounds(true)).toBeLessThan(await evaluationsInRounds(false));
  });
});

describe('strongWolfe', () => {
  it('accepts only steps that fulfil both conditions', async () => {
    const [c1, c2] = [1e-4, 0.9];
    const lines = fc.record({
      a: fc.double({ min: 0.1, max: 10, noNaN: true }),
      bend: fc.double({ min: 0, max: 3, noNaN: true }),
      first: fc.double({ min: 0.01, max: 20, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(lines, async ({ a, bend, first }) => {
        // (t - a)² with waves: many local minima
        const at = (step: number): LinePoint => ({
          step,
          value: (step - a) ** 2 + bend * Math.sin(step),
          slope: 2 * (step - a) + bend * Math.cos(step),
          gradient: new Float32Array(),
        });
        const start = at(0);
        fc.pre(start.slope < -0.01);
        const { point, wolfe } = await strongWolfe((step) => Promise.resolve(at(step)), start, first, {
          c1,
          c2,
          maxEvaluations: 40,
        });
        expect(wolfe).toBe(true);
        expect(point.value).toBeLessThanOrEqual(start.value + c1 * point.step * start.slope);
        expect(Math.abs(point.slope)).toBeLessThanOrEqual(c2 * Math.abs(start.slope));
      }),
      { numRuns: 300 },
    );
  });
});

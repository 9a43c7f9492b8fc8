import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compile, float32, input, nn, Random } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { loadImageDataset } from '../data/index.ts';
import { readRun } from '../runs/training-run.ts';
import { parseOptions } from '../options.ts';
import { encoder, type Architecture } from './networks/network.ts';
import { trainOptions, warmupSteps, type TrainInput } from './options.ts';
import { vaeRuns } from './run.ts';
import { train } from './train.ts';

/** The largest loss of a batch in units of the first one. */
async function largest(seed: number, options: TrainInput = {}): Promise<number> {
  const pictures = await loadImageDataset('emoji:faces', { size: 28 });
  const losses: number[] = [];
  const settings: TrainInput = { seed, threads: 1, maxSteps: 12, validation: 0, samples: 1, ...options };
  for await (const event of train(pictures, settings))
    if (event.type === 'step') losses.push(event.batchLoss);
  return Math.max(...losses) / losses[0]!;
}

describe("the first steps of the book's VAE", () => {
  it('do not diverge with seeds whose loss reaches 1e9 in the book', async () => {
    expect(await largest(2, { compat: 'book' })).toBeGreaterThan(100);
    for (const seed of [2, 12]) expect(await largest(seed)).toBeLessThan(2);
  }, 60_000);

  it('warm up over 100 steps by default; as in the book, not at all', () => {
    const steps = (given: TrainInput): number => warmupSteps(parseOptions(trainOptions, given));
    expect(steps({})).toBe(100);
    expect(steps({ compat: 'book' })).toBe(0);
    expect(steps({ compat: 'book', warmup: 7 })).toBe(7);
    expect(steps({ architecture: 'residual' })).toBe(0);
  });
});

describe('a training with a sudden rise of the loss', async () => {
  const rings = await loadImageDataset(
    fileURLToPath(new URL('testing/rings-62-idx3-ubyte', import.meta.url)),
  );
  const book: TrainInput = { seed: 6, klWarmup: 10, maxSteps: 30, samples: 1, threads: 1, compat: 'book' };
  const reported = async (options: TrainInput): Promise<{ losses: number[]; warnings: string[] }> => {
    const [losses, warnings]: [number[], string[]] = [[], []];
    for await (const event of train(rings, options)) {
      if (event.type === 'step') losses.push(event.batchLoss);
      if (event.type === 'warning') warnings.push(event.message);
    }
    return { losses, warnings };
  };

  it('fails as in the book, and gives advice', async () => {
    await expect(reported(book)).rejects.toThrow(
      'training: diverged at step 4 (NaN or infinity). No checkpoint was saved; leave out option compat book or lower option learningRate (now 0.001)',
    );
  }, 60_000);

  it.each<[string, TrainInput]>([
    ['without compat book', { compat: 'none' }],
    ['with a tenth of the learning rate', { learningRate: 1e-4 }],
    ['with a warm-up', { warmup: 100 }],
  ])('learns %s', { timeout: 60_000 }, async (_, advised) => {
    const { losses, warnings } = await reported({ ...book, ...advised });
    expect(losses).toHaveLength(30);
    expect(Math.max(...losses)).toBeLessThan(2 * losses[0]!);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(warnings).toEqual([]);
  });

  it('is reported after the epoch, also when the whole epoch is far off and the loss stays finite', async () => {
    const { losses, warnings } = await reported({ ...book, clipnorm: 1, maxSteps: 8 });
    expect(Math.min(...losses.slice(4))).toBeGreaterThan(1e6);
    expect(warnings).toHaveLength(2);
    for (const warning of warnings)
      expect(warning).toMatch(
        /^the mean loss of this epoch, \d\.\d+e\+\d+, is far above that of plain grey pictures, 0\.693; leave out option compat book or lower/,
      );
  }, 60_000);
});

describe('the variance of the encoder', () => {
  const form = { kind: 'book', size: 8, channels: 1, latent: 1, filters: 4 } as const;
  const logVar = async (boundedVariance: boolean, bias: number): Promise<number> => {
    const architecture: Architecture = { ...form, boundedVariance };
    const parameters = new nn.Parameters();
    encoder(parameters, input('pictures', [1, 1, 8, 8]), architecture);
    const weights = parameters.initialize(new Random(1));
    const frozen = nn.Parameters.frozen({
      ...weights,
      'z_log_var/kernel': float32(new Float32Array(32), [32, 1]),
      'z_log_var/bias': float32([bias], [1]),
    });
    const session = await compile({
      logVar: encoder(frozen, input('pictures', [1, 1, 8, 8]), architecture).logVar,
    });
    const found = await session.run({ pictures: float32(new Float32Array(64), [1, 1, 8, 8]) });
    await session.release();
    return Number(found.logVar.data[0]);
  };

  it('is exp(x) up to 1 and 1 + x above; as in the book, always exp(x)', async () => {
    for (const x of [-3, -0.5, 0]) expect(Math.exp(await logVar(true, x))).toBeCloseTo(Math.exp(x), 5);
    for (const x of [0.5, 4, 50]) expect(Math.exp(await logVar(true, x))).toBeCloseTo(1 + x, 3);
    expect(await logVar(false, 4)).toBeCloseTo(4, 5);
  });
});

it('a run of version 0.1 continues exactly as in the book, as it was trained', async () => {
  const folder = new URL('../training/testing/runs-0.1.0/vae', import.meta.url).pathname;
  expect(await readFile(`${folder}/run.json`, 'utf8')).not.toContain('compat');
  const { options, extra } = await readRun(vaeRuns, folder);
  expect(warmupSteps(options)).toBe(0);
  expect(extra.architecture.boundedVariance).toBe(false);
});

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile, float32, input, type Tensor } from '@latentbrush/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { embeddedTrunk, PixelObjective, type Backbone } from '../pretrained/index.ts';
import { readPicture, type Picture } from '../image/index.ts';
import { BOOK_CONTRIBUTIONS } from './contributions.ts';
import { dreamTerms } from './loss.ts';
import { toPixels } from './pixels.ts';
import { dream } from './render.ts';

/** The values of the book's formulas in float64, computed outside of this project; see its `about`. */
const oracle = JSON.parse(
  readFileSync(new URL('testing/oracles/deepdream.json', import.meta.url), 'utf8'),
) as {
  contributions: Record<string, number>;
  layers: Record<
    string,
    { shape: [number, number, number]; mean: number; std: number; first16: number[]; at_4_5: number[] }
  >;
  loss: number;
  gradient_mean_abs: number;
  /** index: row, column, channel */
  gradient_samples: { index: [number, number, number]; value: number }[];
  ascent_losses: number[];
};

const { ascent_losses: mirroredLosses } = JSON.parse(
  readFileSync(new URL('testing/oracles/mirrored-ascent.json', import.meta.url), 'utf8'),
) as { ascent_losses: number[] };

const photograph = fileURLToPath(
  new URL('../../../../../shared/data/oracles/chelsea-150x225.png', import.meta.url),
);

const TOLERANCE = 1e-3;

describe.skipIf(!existsSync(photograph))(
  "the book's DeepDream on the embedded trunk (skipped without ../shared/data)",
  () => {
    let backbone: Backbone;
    let cat: Picture;

    beforeAll(async () => {
      backbone = await embeddedTrunk();
      cat = await readPicture(photograph);
    });

    it('has the activations of InceptionV3 in each mixed layer', async () => {
      const names = Object.keys(oracle.layers);
      const shape = [1, 3, cat.height, cat.width];
      const activations = backbone.activations(input('picture', shape), names);
      const session = await compile(Object.fromEntries(activations) as Record<string, Tensor>);
      const seen = await session.run({ picture: float32(cat.data, shape) });
      await session.release();
      expect(names).toEqual(['mixed0', 'mixed1', 'mixed2', 'mixed3', 'mixed4', 'mixed5']);
      for (const name of names) {
        const { shape: size, mean, std, first16, at_4_5: at45 } = oracle.layers[name]!;
        const [rows, columns, channels] = size;
        const values = seen[name]!.data as Float32Array;
        expect(seen[name]!.shape).toEqual([1, channels, rows, columns]);
        const pixel = (row: number, column: number, count: number): number[] =>
          Array.from({ length: count }, (_, channel) => values[(channel * rows + row) * columns + column]!);
        const average = values.reduce((sum, value) => sum + value, 0) / values.length;
        const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length;
        expectClose([average, Math.sqrt(variance)], [mean, std]);
        expectClose(pixel(0, 0, 16), first16);
        expectClose(pixel(4, 5, at45.length), at45);
      }
    });

    it('has the loss and the gradient', async () => {
      expect(BOOK_CONTRIBUTIONS.map(({ layer, coefficient }) => [layer, coefficient])).toEqual(
        Object.entries(oracle.contributions),
      );
      const { height, width } = cat;
      const objective = await PixelObjective.compile([1, 3, height, width], (pixels) =>
        dreamTerms(backbone, BOOK_CONTRIBUTIONS, pixels),
      );
      const { loss, terms, gradient } = await objective.evaluate(toPixels(cat).data);
      await objective.release();
      expect(Object.keys(terms)).toEqual(['mixed2', 'mixed3', 'mixed4', 'mixed5']);
      expectClose([loss], [oracle.loss]);
      const magnitude = gradient.reduce((sum, value) => sum + Math.abs(value), 0) / gradient.length;
      expectClose([magnitude], [oracle.gradient_mean_abs]);
      const samples = oracle.gradient_samples.map(
        ({ index: [row, column, channel] }) => gradient[(channel * height + row) * width + column]!,
      );
      expectClose(
        samples,
        oracle.gradient_samples.map(({ value }) => value),
      );
    });

    const ascent = async (picture: Picture, iterations: number): Promise<number[]> => {
      const losses: number[] = [];
      for await (const event of dream(backbone, picture, { octaves: 1, iterations }))
        if (event.type === 'step') losses.push(event.loss);
      return losses;
    };

    // In float32, rounding sooner or later changes the sign of some ReLU's input. From there on the results diverge: slowly, but by more
    // than a thousandth after some steps. At the photograph it is conv2d_2's channel 25 at row 46, column 84: 2.9e-8 in float64. PyTorch in
    // float32 diverges in the same way: its losses 5 and 6 are off by 1.5e-3 and 4.2e-3, as ours are; in float64, by 1e-10.
    const PARTED = 1e-2;

    it('ascends like the book, though one input of a ReLU at the photograph is 1.2e-8', async () => {
      const losses = await ascent(cat, oracle.ascent_losses.length);
      expectClose(losses.slice(0, 4), oracle.ascent_losses.slice(0, 4));
      expectClose(losses, oracle.ascent_losses, PARTED);
    });

    it('ascends like the book from the mirrored photograph, which has no such input', async () => {
      const losses = await ascent(mirrored(cat), mirroredLosses.length);
      expectClose(losses.slice(0, 5), mirroredLosses.slice(0, 5));
      expectClose(losses, mirroredLosses, PARTED);
    });
  },
);

function mirrored({ data, width, ...rest }: Picture): Picture {
  const turned = data.map((_, i) => data[i - (i % width) + width - 1 - (i % width)]!);
  return { ...rest, width, data: turned };
}

/** Errors are relative to each value, or to the largest one for values near zero. */
function expectClose(found: readonly number[], expected: readonly number[], tolerance = TOLERANCE): void {
  expect(found).toHaveLength(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  const errors = expected.map(
    (value, i) => Math.abs(found[i]! - value) / Math.max(Math.abs(value), 0.02 * largest),
  );
  expect(Math.max(...errors)).toBeLessThanOrEqual(tolerance);
}

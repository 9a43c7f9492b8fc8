import {
  checkGradients,
  encodeOnnx,
  float32,
  Graph,
  input,
  listOnnxNodes,
  mul,
  type NDArray,
  type Tensor,
} from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { PixelObjective } from '../../pretrained/index.ts';
import { picture, type Mask, type Picture } from '../../image/index.ts';
import { noise } from '../../image/testing/noise.ts';
import { blend, measureContent, measureStyle, styleTerms, type LossOptions, type StylePart } from './loss.ts';
import type { Perception } from '../perception.ts';
import { features, naiveGram, naiveVariation, sumOfSquares } from '../testing/naive-losses.ts';
import { tinyBackbone, tinyLayers, tinyPerception } from '../testing/tiny-perception.ts';

const [height, width] = [8, 12];
const perception = tinyPerception();
const content = noise(1, 3, height, width);
const painted = noise(2, 3, height, width);
const styles = [noise(3, 3, 10, 7), noise(4, 3, 6, 6)];

const book: LossOptions = { losses: 'book', contentWeight: 0.025, styleWeight: 1, tvWeight: 1e-4 };
const normalized: LossOptions = { losses: 'normalized', contentWeight: 0.5, styleWeight: 2, tvWeight: 0.01 };

describe('measuring', () => {
  it('a style: Gram matrices as means over the positions at its own size', async () => {
    const style = styles[0]!;
    const matrices = await measureStyle(perception, style, 1);
    expect([...matrices.keys()]).toEqual(tinyLayers.styleLayers);
    for (const layer of tinyLayers.styleLayers)
      expectClose(matrices.get(layer)!, naiveGram(await features(perception, layer, style)), 1e-5);
  });

  it('a style computes only its layers of the network', async () => {
    const tooSmall = picture(3, 1, 1); // conv_3 has no output here
    const shallow = tinyPerception({ styleLayers: ['conv_1'] });
    await expect(measureStyle(shallow, tooSmall, 1)).resolves.toHaveProperty('size', 1);
    await expect(measureContent(shallow, tooSmall, 1)).rejects.toThrow();
  });

  it('the content: features of its layer, and its Gram matrices', async () => {
    const target = await measureContent(perception, content, 1);
    expect(target.features.data).toEqual((await features(perception, 'conv_3', content)).data);
    expect(target.style).toEqual(await measureStyle(perception, content, 1));
  });
});

describe('blend', () => {
  const part = (values: number[], weight: number): StylePart => ({
    matrices: new Map([['layer', float32(values, [1, 2, 2])]]),
    weight,
  });

  it('is the mean of Gram matrices by their weights', () => {
    const { matrices, weight } = blend([part([1, 2, 3, 4], 3), part([5, 6, 7, 12], 1)]);
    expect(matrices.get('layer')).toEqual(float32([2, 3, 4, 6], [1, 2, 2]));
    expect(weight).toBe(1);
  });

  it('depends only on the ratios of the weights, and leaves out weights of 0', () => {
    const [a, b] = [
      [1, 2, 3, 4],
      [5, 6, 7, 12],
    ] as const;
    expect(blend([part([...a], 30), part([...b], 10)])).toEqual(blend([part([...a], 3), part([...b], 1)]));
    expect(blend([part([...a], 2), part([...b], 0)]).matrices.get('layer')!.data).toEqual(
      Float32Array.from(a),
    );
  });
});

describe("the book's loss", () => {
  it('follows its formulas for the activations', async () => {
    const parts = [await partOf(styles[0]!)];
    const found = await termsAt(painted, parts, book);
    const [base, seen] = [
      await features(perception, 'conv_3', content),
      await features(perception, 'conv_3', painted),
    ];
    expectRatio(found.content, 0.025 * sumOfSquares(seen, base));
    for (const layer of tinyLayers.styleLayers) {
      const combination = await features(perception, layer, painted);
      const [, , rows = 0, columns = 0] = combination.shape;
      const own = naiveGram(combination);
      const target = parts[0]!.matrices.get(layer)!;
      const sum = sumOfSquares(own, target) * (rows * columns) ** 2; // of Gram matrices that are sums over positions
      expectRatio(found[`style ${layer}`], sum / (4 * 9 * (height * width) ** 2) / 3);
    }
    expectRatio(found['total variation'], 1e-4 * naiveVariation(painted));
    expect(Object.keys(found)).toEqual([
      'content',
      'style conv_1',
      'style conv_2',
      'style conv_3',
      'total variation',
    ]);
  });

  it('of the content itself has a content term of 0', async () => {
    expect((await termsAt(content, [await partOf(styles[0]!)], book)).content).toBe(0);
  });
});

describe('the normalised loss', () => {
  it('begins with each style layer at its share of the weight, for any style', async () => {
    for (const style of styles) {
      const found = await termsAt(content, [await partOf(style)], normalized);
      expect(found.content).toBe(0);
      for (const layer of tinyLayers.styleLayers) expectRatio(found[`style ${layer}`], 2 / 3);
    }
  });

  it('measures the content in units of its features, and variation per pixel', async () => {
    const found = await termsAt(painted, [await partOf(styles[0]!)], normalized);
    const [base, seen] = [
      await features(perception, 'conv_3', content),
      await features(perception, 'conv_3', painted),
    ];
    const zeros = float32(new Float32Array(base.data.length), base.shape);
    expectRatio(found.content, (0.5 * sumOfSquares(seen, base)) / sumOfSquares(base, zeros));
    const scaled = { ...painted, data: painted.data.map((value) => value / 127.5) };
    expectRatio(found['total variation'], (0.01 * naiveVariation(scaled)) / (height * width));
  });

  it('stays finite when the style is the content', async () => {
    const found = await termsAt(painted, [await partOf(content)], normalized);
    for (const value of Object.values(found)) expect(Number.isFinite(value)).toBe(true);
  });
});

describe('terms with weight 0', () => {
  it('are left out', async () => {
    const parts = [await partOf(styles[0]!)];
    const names = async (changes: Partial<LossOptions>): Promise<string[]> =>
      Object.keys(await termsAt(painted, parts, { ...book, ...changes }));
    expect(await names({ contentWeight: 0 })).not.toContain('content');
    expect(await names({ tvWeight: 0 })).not.toContain('total variation');
    expect(await names({ contentWeight: 0, tvWeight: 0 })).toEqual([
      'style conv_1',
      'style conv_2',
      'style conv_3',
    ]);
  });

  it('weights scale only their own term', async () => {
    const parts = [await partOf(styles[0]!)];
    for (const options of [book, normalized]) {
      const once = await termsAt(painted, parts, options);
      const twice = await termsAt(painted, parts, { ...options, styleWeight: 2 * options.styleWeight });
      for (const [name, value] of Object.entries(once))
        expectRatio(twice[name], name.startsWith('style') ? 2 * value : value);
    }
  });
});

describe('masks', () => {
  const left = maskWhere((_, column) => column < width / 4);
  const right = maskWhere((_, column) => column >= width / 4);

  it('paint each style in its place: a style has no gradient on the other side', async () => {
    const wide = noise(9, 3, 8, 40);
    const mask = maskWhere((_, column) => column < 20, 8, 40);
    const parts = [{ ...(await partOf(styles[0]!)), mask }];
    for (const losses of ['book', 'normalized'] as const) {
      const gradient = await gradientAt(wide, parts, {
        losses,
        contentWeight: 0,
        styleWeight: 1,
        tvWeight: 0,
      });
      const largest = (from: number, to: number): number =>
        Math.max(
          ...[...gradient.data].map((slope, i) => (i % 40 >= from && i % 40 < to ? Math.abs(slope) : 0)),
        );
      expect(largest(0, 20)).toBeGreaterThan(0);
      expect(largest(32, 40)).toBe(0); // farther from the mask than the receptive field
    }
  });

  it.each(['book', 'normalized'] as const)(
    'do not change the strength of a style at a pixel, however small the region (%s)',
    async (losses) => {
      // Of one colour, so that away from edges each position of a layer has the same features.
      const [flat, other] = [filled(90, 48, 64), filled(30, 48, 64)];
      const options = { losses, contentWeight: 0, styleWeight: 1, tvWeight: 0 };
      const layers = tinyPerception({ styleLayers: ['conv_1'] });
      const part = { matrices: await measureStyle(layers, other, 1), weight: 1 };
      const quarter = maskWhere((_, column) => column < 16, 48, 64);
      const rest = maskWhere((_, column) => column >= 16, 48, 64);
      const strength = async (parts: StylePart[]): Promise<number[]> => {
        const { data } = await gradientAt(flat, parts, options, layers);
        return [8, 40].map((column) => data[24 * 64 + column]!);
      };
      const [everywhere = 0] = await strength([part]);
      const each = await strength([
        { ...part, mask: quarter },
        { ...part, mask: rest },
      ]);
      expect(Math.abs(everywhere)).toBeGreaterThan(0);
      // At the edges of a region, features differ a little.
      for (const slope of each) expect(Math.abs(slope / everywhere - 1)).toBeLessThan(0.15);
      const [alone = 0] = await strength([{ ...part, mask: quarter }]);
      expect(Math.abs(alone / everywhere - 1)).toBeLessThan(0.15);
    },
  );

  it('that are all white are like no masks: two styles share the weight', async () => {
    const white = maskWhere(() => true);
    const parts = [await partOf(styles[0]!), await partOf(styles[1]!)];
    for (const options of [book, normalized]) {
      const masked = await termsAt(
        painted,
        parts.map((part) => ({ ...part, mask: white })),
        options,
      );
      for (const [index, part] of parts.entries()) {
        const alone = await termsAt(painted, [part], options);
        for (const layer of tinyLayers.styleLayers)
          expectRatio(masked[`style ${index + 1} ${layer}`], alone[`style ${layer}`]! / 2);
      }
    }
  });

  it('weight styles by their weights; a style of weight 0 is left out', async () => {
    const parts = [
      { ...(await partOf(styles[0]!)), mask: left },
      { ...(await partOf(styles[1]!)), mask: right },
    ];
    const weighted = (a: number, b: number): Promise<Record<string, number>> =>
      termsAt(
        painted,
        [
          { ...parts[0]!, weight: a },
          { ...parts[1]!, weight: b },
        ],
        normalized,
      );
    const [even, uneven, single] = [await weighted(1, 1), await weighted(3, 1), await weighted(1, 0)];
    const ratio = (terms: Record<string, number>): number =>
      terms['style 1 conv_1']! / terms['style 2 conv_1']!;
    expect(ratio(uneven) / ratio(even)).toBeCloseTo(3, 4);
    expect(Object.keys(single).filter((name) => name.startsWith('style 2'))).toEqual([]);
  });

  it('need no second pass through the network', async () => {
    const convolutions = async (masks: (Mask | undefined)[]): Promise<number> => {
      const part = await partOf(styles[0]!);
      const terms = styleTerms(
        perception,
        await measureContent(perception, content, 1),
        masks.map((mask) => ({ ...part, mask })),
        book,
        input('pixels', [1, 3, height, width]),
      );
      return listOnnxNodes(encodeOnnx(new Graph(terms))).filter(({ operator }) => operator === 'Conv').length;
    };
    expect(await convolutions([left, right, left])).toBe(await convolutions([undefined]));
  });
});

describe('the gradient of all terms agrees with finite differences', () => {
  const small = noise(5, 3, 4, 6);
  const halves = [maskWhere((row) => row < 2, 4, 6), maskWhere((row) => row >= 1, 4, 6)];

  it.each<[string, LossOptions, boolean, Partial<Perception>]>([
    ['book', { ...book, styleWeight: 100 }, false, {}],
    ['book with masks', { ...book, styleWeight: 100 }, true, {}],
    ['normalized', normalized, false, {}],
    ['normalized with masks, enlarged and smoothed', normalized, true, { enlargement: 2, smoothing: 3 }],
  ])('%s', async (_, options, masks, changes) => {
    const backbone = tinyBackbone({ pooling: 'average', bias: 8 }); // smooth: finite differences cross no kinks
    const seen = tinyPerception({ backbone, ...changes });
    const target = await measureContent(seen, noise(6, 3, 4, 6), 1);
    const parts: StylePart[] = [];
    for (const [index, style] of styles.entries()) {
      const mask = masks ? halves[index] : undefined;
      parts.push({ matrices: await measureStyle(seen, style, 1), weight: index + 1, mask });
    }
    // Pixels in units of 127.5, so that a step of the differences is about one level.
    await checkGradients(
      (x) => Object.values(styleTerms(seen, target, masks ? parts : [blend(parts)], options, levels(x))),
      [
        float32(
          small.data.map((value) => value / 127.5),
          [1, 3, 4, 6],
        ),
      ],
      { epsilon: 3e-3 },
    );
  });
});

function levels(x: Tensor): Tensor {
  return mul(x, 127.5);
}

async function partOf(style: Picture): Promise<StylePart> {
  return { matrices: await measureStyle(perception, style, 1), weight: 1 };
}

async function objectiveFor(
  source: Picture,
  parts: readonly StylePart[],
  options: LossOptions,
  seen = perception,
): Promise<PixelObjective> {
  const base = source.width === width ? content : source;
  const target = await measureContent(seen, base, 1);
  return PixelObjective.compile(
    [1, 3, source.height, source.width],
    (pixels) => styleTerms(seen, target, parts, options, pixels),
    { threads: 1 },
  );
}

async function termsAt(
  source: Picture,
  parts: readonly StylePart[],
  options: LossOptions,
): Promise<Record<string, number>> {
  const objective = await objectiveFor(source, parts, options);
  const { terms, loss } = await objective.evaluate(source.data);
  await objective.release();
  expectRatio(
    loss,
    Object.values(terms).reduce((sum, term) => sum + term, 0),
  );
  return terms;
}

async function gradientAt(
  source: Picture,
  parts: readonly StylePart[],
  options: LossOptions,
  seen = perception,
): Promise<{ data: Float32Array }> {
  const objective = await objectiveFor(source, parts, options, seen);
  const { gradient } = await objective.evaluate(source.data);
  await objective.release();
  return { data: gradient };
}

function maskWhere(white: (row: number, column: number) => boolean, rows = height, columns = width): Mask {
  const data = Float32Array.from({ length: rows * columns }, (_, i) =>
    white(Math.floor(i / columns), i % columns) ? 1 : 0,
  );
  return { height: rows, width: columns, data };
}

function filled(value: number, rows: number, columns: number): Picture {
  return picture(3, rows, columns, new Float32Array(3 * rows * columns).fill(value));
}

function expectRatio(found: number | undefined, expected: number): void {
  expect(found! / expected).toBeCloseTo(1, 4);
}

function expectClose(found: NDArray, expected: NDArray, tolerance: number): void {
  expect(found.shape).toEqual(expected.shape);
  const largest = Math.max(...[...expected.data].map((value) => Math.abs(Number(value))));
  expected.data.forEach((value, i) =>
    expect(Math.abs(Number(found.data[i]) - Number(value))).toBeLessThanOrEqual(tolerance * largest),
  );
}

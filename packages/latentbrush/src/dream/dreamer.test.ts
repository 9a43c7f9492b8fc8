import { InputError, Random } from '@latentbrush/engine';
import { afterEach, describe, expect, it } from 'vitest';
import { PixelObjective, type Backbone, type PixelEvaluation } from '../pretrained/index.ts';
import { tinyBackbone } from '../pretrained/backbones/testing/tiny-backbone.ts';
import { crop, type Picture } from '../image/index.ts';
import { noise } from '../image/testing/noise.ts';
import { parseOptions } from '../options.ts';
import { Dreamer, tileSize, type DreamEvaluation } from './dreamer.ts';
import { decorrelated, gaussianBlur } from './gradient-filters.ts';
import { dreamTerms, type EdgeKind } from './loss.ts';
import { dreamOptions, type DreamInput } from './options.ts';
import { rolled, toPixels } from './pixels.ts';

const backbone = tinyBackbone();
const layers = [
  { layer: 'mixed0', coefficient: 1 },
  { layer: 'mixed1', channel: 2, coefficient: -0.5 },
];

const dreamers: Dreamer[] = [];
afterEach(async () => {
  for (const dreamer of dreamers.splice(0)) await dreamer.release();
});

function dreamerWith(options: DreamInput = {}, network: Backbone = backbone): Dreamer {
  const dreamer = new Dreamer(network, layers, parseOptions(dreamOptions, { threads: 1, ...options }));
  dreamers.push(dreamer);
  return dreamer;
}

async function evaluate(pixels: Picture, options: DreamInput = {}, seed = 1): Promise<DreamEvaluation> {
  const seen = await dreamerWith(options).evaluate(pixels, new Random(seed));
  if (seen === undefined) throw new Error('nothing was evaluated');
  return seen;
}

/** Loss and gradient by the network alone. */
async function direct({ height, width, data }: Picture, edges: EdgeKind = 'fade'): Promise<PixelEvaluation> {
  const objective = await PixelObjective.compile(
    [1, 3, height, width],
    (pixels) => dreamTerms(backbone, layers, pixels, { edges }),
    { threads: 1 },
  );
  const seen = await objective.evaluate(data);
  await objective.release();
  return seen;
}

/** A picture and the shifts that a dreamer with this seed draws for it. */
function shifted(pixels: Picture, reach: number, seed: number) {
  const random = new Random(seed);
  const [down, right] = [random.integer(-reach, reach + 1), random.integer(-reach, reach + 1)];
  return { moved: rolled(pixels, down, right), back: (p: Picture) => rolled(p, -down, -right) };
}

describe('the side of tiles', () => {
  it.each<[string, number, number, number | undefined, number | undefined]>([
    ['is undefined for small pictures', 1000, 1500, undefined, undefined],
    ['is 512 for large ones', 1001, 1500, undefined, 512],
    ['is undefined for large ones when tiles are off', 3000, 4000, 0, undefined],
    ['is as chosen', 1000, 400, 500, 500],
    ['is undefined when one tile covers the picture', 400, 500, 500, undefined],
  ])('%s', (_, height, width, chosen, expected) => {
    expect(tileSize({ height, width }, chosen)).toBe(expected);
  });
});

describe('a picture evaluated as a whole', () => {
  const pixels = toPixels(noise(1, 3, 26, 31));

  it("has the network's loss, terms and gradient", async () => {
    const { loss, terms, gradient } = await evaluate(pixels);
    const expected = await direct(pixels);
    expect({ loss, terms }).toEqual({ loss: expected.loss, terms: expected.terms });
    expect(gradient).toEqual({ ...pixels, data: expected.gradient });
  });

  it('gives the same with one tile that covers it', async () => {
    expect(await evaluate(pixels, { tile: 31 })).toEqual(await evaluate(pixels, { tile: 0 }));
    expect(await evaluate(pixels, { tile: 500 })).toEqual(await evaluate(pixels));
  });

  it('has a gradient that can be blurred and decorrelated, in this order', async () => {
    const { gradient } = await evaluate(pixels);
    expect((await evaluate(pixels, { blur: 1.5 })).gradient).toEqual(gaussianBlur(gradient, 1.5));
    expect((await evaluate(pixels, { decorrelate: true })).gradient).toEqual(decorrelated(gradient));
    expect((await evaluate(pixels, { decorrelate: true, blur: 1.5 })).gradient).toEqual(
      decorrelated(gaussianBlur(gradient, 1.5)),
    );
  });

  it('with jitter is evaluated shifted, and its gradient shifted back', async () => {
    const seen = await evaluate(pixels, { jitter: 7 }, 3);
    const { moved, back } = shifted(pixels, 7, 3);
    expect(moved).not.toEqual(pixels);
    const expected = await direct(moved);
    expect(seen.loss).toBe(expected.loss);
    expect(seen.gradient).toEqual(back({ ...pixels, data: expected.gradient }));
  });

  it('with wrapped edges is rolled by any amount, or by up to the jitter', async () => {
    const losses = new Set<number>();
    for (let seed = 1; seed <= 12; seed++) {
      const { loss } = await evaluate(pixels, { edges: 'wrap', jitter: 1 }, seed);
      losses.add(loss);
    }
    expect(losses.size).toBeLessThanOrEqual(9); // shifts of -1, 0, 1 down and right
    for (let seed = 1; seed <= 12; seed++) losses.add((await evaluate(pixels, { edges: 'wrap' }, seed)).loss);
    expect(losses.size).toBeGreaterThan(18); // of 26 x 31
  });

  it('with jitter depends on the seed alone', async () => {
    expect(await evaluate(pixels, { jitter: 5 }, 8)).toEqual(await evaluate(pixels, { jitter: 5 }, 8));
    expect(await evaluate(pixels, { jitter: 5 }, 8)).not.toEqual(await evaluate(pixels, { jitter: 5 }, 9));
    expect(await evaluate(pixels, {}, 8)).toEqual(await evaluate(pixels, {}, 9));
  });

  it('that is too small for the network is refused', async () => {
    await expect(evaluate(toPixels(noise(1, 3, 12, 40)))).rejects.toThrow(InputError);
    await expect(evaluate(toPixels(noise(1, 3, 12, 40)))).rejects.toThrow('40x12 pixels are too small');
  });
});

describe('a picture evaluated in tiles', () => {
  // 60 = 24 + 24 + 12, 50 = 24 + 24 + 2: the last tiles overlap their neighbours.
  const pixels = toPixels(noise(2, 3, 60, 50));
  const [tile, seed] = [24, 6];
  const tops = [0, 24, 36];
  const lefts = [0, 24, 26];

  it('has the means of the loss and of its terms, and the gradients of the tiles, shifted back', async () => {
    const seen = await evaluate(pixels, { tile }, seed);
    const { moved, back } = shifted(pixels, tile, seed);
    const sums = { loss: 0, mixed0: 0, 'mixed1:2': 0 };
    const data = new Float32Array(pixels.data.length);
    for (const top of tops) {
      for (const left of lefts) {
        const { loss, terms, gradient } = await direct(crop(moved, top, left, tile, tile));
        sums.loss += loss / 9;
        for (const name of ['mixed0', 'mixed1:2'] as const) sums[name] += terms[name]! / 9;
        for (let i = 0; i < gradient.length; i++) {
          const [x, y, channel] = [i % tile, Math.floor(i / tile) % tile, Math.floor(i / tile ** 2)];
          data[(channel * 60 + top + y) * 50 + left + x] = gradient[i]!;
        }
      }
    }
    expect(seen.loss).toBeCloseTo(sums.loss, 8);
    expect(seen.terms.mixed0).toBeCloseTo(sums.mixed0, 8);
    expect(seen.terms['mixed1:2']).toBeCloseTo(sums['mixed1:2'], 8);
    expect(seen.gradient).toEqual(back({ ...pixels, data }));
  });

  it('has its seams, where the gradient is zero, at another place in each step', async () => {
    const dreamer = dreamerWith({ tile });
    const random = new Random(seed);
    const still = new Set(pixels.data.keys());
    for (let step = 0; step < 12; step++) {
      const { gradient } = (await dreamer.evaluate(pixels, random))!;
      for (const i of still) if (gradient.data[i] !== 0) still.delete(i);
      if (step === 0) expect(still.size).toBeGreaterThan(0.1 * pixels.data.length);
    }
    expect(still.size).toBe(0);
  });

  it('that are longer than its height are cut to its height', async () => {
    const wide = toPixels(noise(3, 3, 26, 70));
    const { moved, back } = shifted(wide, 40, seed);
    const parts = [await direct(crop(moved, 0, 0, 26, 40)), await direct(crop(moved, 0, 30, 26, 40))];
    const seen = await evaluate(wide, { tile: 40 }, seed);
    expect(seen.loss).toBeCloseTo((parts[0]!.loss + parts[1]!.loss) / 2, 8);
    expect(back(seen.gradient)).toHaveProperty('height', 26);
  });

  it('needs one graph, of the size of a tile', async () => {
    const { network, sizes } = watched();
    const dreamer = dreamerWith({ tile }, network);
    for (let step = 0; step < 3; step++) await dreamer.evaluate(pixels, new Random(step));
    expect(sizes).toEqual(['24x24']);
  });

  it('says that the tiles are too small, when they are', async () => {
    await expect(evaluate(pixels, { tile: 10 })).rejects.toThrow(
      '10x10 pixels are too small for layer mixed0',
    );
  });

  it('stops between two tiles when it is aborted', async () => {
    const dreamer = dreamerWith({ tile });
    expect(await dreamer.evaluate(pixels, new Random(1), AbortSignal.abort())).toBeUndefined();
  });
});

describe('what is compiled', () => {
  it('is kept for sizes that are used again', async () => {
    const { network, sizes } = watched();
    const dreamer = dreamerWith({}, network);
    for (const [height, width] of [
      [26, 31],
      [40, 31],
      [26, 31],
      [40, 31],
    ] as const)
      await dreamer.evaluate(toPixels(noise(1, 3, height, width)), new Random(1));
    expect(sizes).toEqual(['26x31', '40x31']);
  });

  it('is kept for 1.5 megapixels in total, since each size needs memory', async () => {
    const { network, sizes } = watched();
    const dreamer = dreamerWith({ tile: 0 }, network);
    for (const [height, width] of [
      [30, 30],
      [1200, 900],
      [30, 30],
      [900, 1200],
      [30, 30],
    ] as const)
      await dreamer.evaluate(toPixels(noise(1, 3, height, width)), new Random(1));
    // To make room, the oldest compiled graphs are released first, until there is enough.
    expect(sizes).toEqual(['30x30', '1200x900', '900x1200', '30x30']);
  });
});

/** A network that notes the sizes it is compiled for. */
function watched(): { network: Backbone; sizes: string[] } {
  const sizes: string[] = [];
  const network: Backbone = {
    ...backbone,
    activations: (pixels, names) => {
      sizes.push(`${pixels.dimension(2)}x${pixels.dimension(3)}`);
      return backbone.activations(pixels, names);
    },
  };
  return { network, sizes };
}

describe('a network that computes pictures of one size only', () => {
  const [tall, wide] = [24, 28] as const;
  const onlyThat: Backbone = {
    ...backbone,
    exportedFor: [tall, wide],
    activations: (picture, layers) => {
      const [, , height, width] = picture.shape;
      if (height !== tall || width !== wide) throw new InputError(`not for ${height}x${width}`);
      return backbone.activations(picture, layers);
    },
  };
  const gradientAt = async (pixels: Picture, seed = 3): Promise<DreamEvaluation> =>
    (await dreamerWith({}, onlyThat).evaluate(pixels, new Random(seed), undefined, [tall, wide]))!;
  const shiftsOf = (seed: number): [number, number] => {
    const random = new Random(seed);
    return [random.integer(-tall, tall + 1), random.integer(-wide, wide + 1)];
  };

  it('sees a larger picture in parts of that size, shifted at random', async () => {
    const pixels = toPixels(noise(1, 3, 2 * tall, 2 * wide));
    const [down, right] = shiftsOf(3);
    const moved = rolled(pixels, down, right);
    const { gradient, loss } = await gradientAt(pixels);
    const expected = new Float32Array(pixels.data.length);
    let mean = 0;
    for (const top of [0, tall]) {
      for (const left of [0, wide]) {
        const part = crop(moved, top, left, tall, wide);
        const seen = await direct(part, 'wrap');
        mean += seen.loss / 4;
        seen.gradient.forEach((value, index) => {
          const [channel, row] = [Math.floor(index / (tall * wide)), Math.floor(index / wide) % tall];
          expected[(channel * 2 * tall + top + row) * 2 * wide + left + (index % wide)] = value;
        });
      }
    }
    expect(loss).toBeCloseTo(mean, 5);
    expect(gradient).toEqual(rolled({ ...pixels, data: expected }, -down, -right));
  });

  it('sees a smaller picture repeated; a pixel has the gradients of all its copies', async () => {
    const pixels = toPixels(noise(2, 3, 15, 17));
    const [down, right] = shiftsOf(3);
    const moved = rolled(pixels, down, right);
    const at = (channel: number, row: number, column: number): number =>
      (channel * 15 + (row % 15)) * 17 + (column % 17);
    const places = Array.from({ length: 3 * tall * wide }, (_, index) =>
      at(Math.floor(index / (tall * wide)), Math.floor(index / wide) % tall, index % wide),
    );
    const repeated = Float32Array.from(places, (place) => moved.data[place]!);
    const seen = await direct({ channels: 3, height: tall, width: wide, data: repeated }, 'wrap');
    const expected = new Float32Array(pixels.data.length);
    places.forEach((place, index) => (expected[place] = expected[place]! + seen.gradient[index]!));
    const { gradient, loss } = await gradientAt(pixels);
    expect(loss).toBeCloseTo(seen.loss, 5);
    expect(gradient).toEqual(rolled({ ...pixels, data: expected }, -down, -right));
  });
});

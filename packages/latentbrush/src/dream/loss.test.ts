import { compile, float32, input, InputError, type NDArray } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import type { Backbone, LayerInfo } from '../pretrained/index.ts';
import { PixelObjective } from '../pretrained/index.ts';
import { tinyBackbone } from '../pretrained/backbones/testing/tiny-backbone.ts';
import { picture, type Picture } from '../image/index.ts';
import { noise } from '../image/testing/noise.ts';
import { parseContributions, type Contribution } from './contributions.ts';
import {
  checkContributions,
  dreamTerms,
  measureGuide,
  type EdgeKind,
  type Guide,
  type ObjectiveKind,
} from './loss.ts';
import { toPixels } from './pixels.ts';

const backbone = tinyBackbone();
const photograph = noise(1, 3, 24, 28);

/** The parts of the loss at a picture. */
async function termsAt(
  source: Picture,
  contributions: readonly Contribution[],
  guide?: Guide,
  kind?: ObjectiveKind,
  edges?: EdgeKind,
): Promise<Readonly<Record<string, number>>> {
  const shape = [1, 3, source.height, source.width];
  const objective = await PixelObjective.compile(
    shape,
    (pixels) => dreamTerms(backbone, contributions, pixels, { guide, kind, edges }),
    { threads: 1 },
  );
  const { terms } = await objective.evaluate(toPixels(source).data);
  await objective.release();
  return terms;
}

/** The network's input, channel by channel. */
async function seen(source: Picture, layer: string): Promise<{ values: number[][][]; size: number }> {
  const shape = [1, 3, source.height, source.width];
  const activation = backbone.activations(input('x', shape), [layer]).get(layer)!;
  const session = await compile({ activation }, { threads: 1 });
  const result: NDArray = (await session.run({ x: float32(source.data, shape) })).activation;
  await session.release();
  const [, channels = 0, rows = 0, columns = 0] = result.shape;
  const at = (c: number, y: number, x: number): number => Number(result.data[(c * rows + y) * columns + x]);
  const values = Array.from({ length: channels }, (_, c) =>
    Array.from({ length: rows }, (__, y) => Array.from({ length: columns }, (___, x) => at(c, y, x))),
  );
  return { values, size: result.data.length };
}

/** Without the two outermost rows and columns. */
const inner = (plane: readonly (readonly number[])[]): number[] =>
  plane.slice(2, -2).flatMap((row) => row.slice(2, -2));

const squares = (numbers: readonly number[]): number => numbers.reduce((sum, value) => sum + value ** 2, 0);

describe('what a dream maximises', () => {
  it('with wrapped edges includes the borders of activations', async () => {
    const { values, size } = await seen(photograph, 'mixed0');
    const terms = await termsAt(
      photograph,
      [{ layer: 'mixed0', coefficient: 3 }],
      undefined,
      'squares',
      'wrap',
    );
    expect(terms.mixed0! / ((3 * squares(values.flat(2))) / size)).toBeCloseTo(1, 4);
    expect(terms.mixed0! / ((3 * squares(values.flatMap(inner))) / size)).toBeGreaterThan(1.1);
  });

  it("with the objective mean is Lucid's: the sum of the activations themselves, also of one channel", async () => {
    const { values, size } = await seen(photograph, 'mixed0');
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, value) => total + value, 0);
    const whole = await termsAt(photograph, [{ layer: 'mixed0', coefficient: 3 }], undefined, 'mean');
    expect(whole.mixed0! / ((3 * sum(values.flatMap(inner))) / size)).toBeCloseTo(1, 4);
    const one = [{ layer: 'mixed0', channel: 2, coefficient: -1 }];
    const terms = await termsAt(photograph, one, undefined, 'mean');
    const expected = -sum(inner(values[2]!)) / (size / values.length);
    expect(terms['mixed0:2']! / expected).toBeCloseTo(1, 4);
  });

  it('is that of the book: coefficient · Σ activation² / elements, the border left out only of the sum', async () => {
    const { values, size } = await seen(photograph, 'mixed0');
    const terms = await termsAt(photograph, [{ layer: 'mixed0', coefficient: 3 }]);
    expect(Object.keys(terms)).toEqual(['mixed0']);
    const expected = (3 * squares(values.flatMap(inner))) / size;
    expect(expected).toBeGreaterThan(0.01);
    expect(terms.mixed0! / expected).toBeCloseTo(1, 4);
  });

  it('has a term for each layer and channel', async () => {
    const terms = await termsAt(photograph, [
      { layer: 'mixed1', coefficient: 1 },
      { layer: 'mixed0', channel: 4, coefficient: -2 },
      { layer: 'mixed0', coefficient: 0.5 },
    ]);
    expect(Object.keys(terms)).toEqual(['mixed1', 'mixed0:4', 'mixed0']);
    const { values } = await seen(photograph, 'mixed0');
    const plane = values[4]!;
    // One channel is averaged over its own elements; a negative coefficient decreases the activations.
    expect(terms['mixed0:4']! / ((-2 * squares(inner(plane))) / plane.flat().length)).toBeCloseTo(1, 4);
  });

  it('adds up layers that are named twice', async () => {
    const once = await termsAt(photograph, [{ layer: 'mixed0', coefficient: 3 }]);
    const twice = await termsAt(photograph, [
      { layer: 'mixed0', coefficient: 1 },
      { layer: 'mixed0', coefficient: 2 },
    ]);
    expect(twice.mixed0! / once.mixed0!).toBeCloseTo(1, 5);
  });

  it.each([
    ['mixed1', 20, 24, 'layer mixed1'],
    ['mixed0', 10, 60, 'layer mixed0'],
    ['mixed1', 4, 24, 'tiny'],
  ])('of %s needs more than %ix%i pixels', (layer, height, width, what) => {
    const build = () => dreamTerms(backbone, [{ layer, coefficient: 1 }], input('x', [1, 3, height, width]));
    expect(build).toThrow(InputError);
    expect(build).toThrow(new RegExp(`^${width}x${height} pixels are too small for ${what}$`));
  });

  it('works from the first size that has rows and columns inside the border', () => {
    const shapeOk = (size: number): boolean => {
      try {
        dreamTerms(backbone, [{ layer: 'mixed1', coefficient: 1 }], input('x', [1, 3, size, size]));
        return true;
      } catch {
        return false;
      }
    };
    // 23 pixels: 11 in mixed0, 5 in mixed1
    expect([22, 23].map(shapeOk)).toEqual([false, true]);
  });
});

describe('a guided dream', () => {
  const guidePicture = noise(7, 3, 18, 20);

  it('matches, at each position, the most similar position of the guide: Σ max dot product', async () => {
    const contributions = [{ layer: 'mixed0', coefficient: 2 }];
    const guide = await measureGuide(backbone, contributions, guidePicture);
    const terms = await termsAt(photograph, contributions, guide);

    const [own, wanted] = [await seen(photograph, 'mixed0'), await seen(guidePicture, 'mixed0')];
    const guidePositions = wanted.values[0]!.flat().map((_, i) =>
      wanted.values.map((plane) => plane.flat()[i]!),
    );
    const positions = inner(own.values[0]!).map((_, i) => own.values.map((plane) => inner(plane)[i]!));
    const dot = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    const likeness = positions.reduce(
      (sum, position) => sum + Math.max(...guidePositions.map((other) => dot(position, other))),
      0,
    );
    expect(terms.mixed0! / ((2 * likeness) / own.size)).toBeCloseTo(1, 4);
  });

  it('of one channel matches that channel', async () => {
    const contributions = [{ layer: 'mixed0', channel: 3, coefficient: 1 }];
    const guide = await measureGuide(backbone, contributions, guidePicture);
    const terms = await termsAt(photograph, contributions, guide);
    const [own, wanted] = [await seen(photograph, 'mixed0'), await seen(guidePicture, 'mixed0')];
    const most = Math.max(...wanted.values[3]!.flat()); // activations are never below 0
    const expected = inner(own.values[3]!).reduce((sum, value) => sum + value * most, 0);
    expect(terms['mixed0:3']! / (expected / own.values[3]!.flat().length)).toBeCloseTo(1, 4);
  });

  it('can be guided by a grey picture', async () => {
    const grey = picture(1, 18, 20, guidePicture.data.slice(0, 360));
    const three = { ...guidePicture, data: Float32Array.from([...grey.data, ...grey.data, ...grey.data]) };
    const contributions = [{ layer: 'mixed0', coefficient: 1 }];
    expect(await measureGuide(backbone, contributions, grey)).toEqual(
      await measureGuide(backbone, contributions, three),
    );
  });

  it('resizes a large guide to 224 pixels', async () => {
    const guide = await measureGuide(backbone, [{ layer: 'mixed0', coefficient: 1 }], noise(7, 3, 224, 448));
    expect(guide.get('mixed0')?.shape).toEqual([12, 55 * 111]);
  });

  it('refuses a guide that is too small', async () => {
    const work = measureGuide(backbone, [{ layer: 'mixed1', coefficient: 1 }], noise(7, 3, 3, 40));
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow('guide: 40x3 pixels are too small for tiny; use a larger picture');
  });

  it('refuses a comparison that exceeds the memory', () => {
    const features = float32(new Float32Array(12 * 5000), [12, 5000]);
    const build = (size: number) => () =>
      dreamTerms(backbone, [{ layer: 'mixed0', coefficient: 1 }], input('x', [1, 3, size, size]), {
        guide: new Map([['mixed0', features]]),
      });
    expect(build(300)).not.toThrow();
    expect(build(400)).toThrow(InputError);
    expect(build(400)).toThrow(
      'guide: layer mixed0 is too fine to match (38025 positions in the picture, 5000 in the guide); choose deeper option layers, or a smaller option tile',
    );
  });
});

describe('given contributions', () => {
  it('get the names of the network', () => {
    expect(checkContributions(backbone, [{ layer: 'activation_3', channel: 3, coefficient: 2 }])).toEqual([
      { layer: 'conv2d_3', channel: 3, coefficient: 2 },
    ]);
  });

  it('with two names for one layer are refused', () => {
    const both = ['conv2d_3', 'activation_3'].map((layer) => ({ layer, coefficient: 1 }));
    expect(() => checkContributions(backbone, both)).toThrow(InputError);
    expect(() => checkContributions(backbone, both)).toThrow('option layers: conv2d_3 is given twice');
  });

  it('of a channel that does not exist are refused', () => {
    const check = () => checkContributions(backbone, [{ layer: 'mixed0', channel: 12, coefficient: 1 }]);
    expect(check).toThrow(InputError);
    expect(check).toThrow('layer "mixed0" has channels 0 to 11; channel 12 was given');
  });

  it('of a layer that does not exist are refused with the nearest names', () => {
    expect(() => checkContributions(backbone, [{ layer: 'mixed3', coefficient: 1 }])).toThrow(
      /nearest: mixed0/,
    );
  });

  it('with an unusable value say why, also when the name ends like a channel', () => {
    const named: Backbone = {
      ...backbone,
      unusable: new Map([['Softmax:0', 'not a feature map']]),
      layerNamed: (name) => {
        throw new InputError(`no ${name}`);
      },
    };
    const channel = { layer: 'Softmax', channel: 0, coefficient: 1 };
    expect(() => checkContributions(named, [{ ...channel, wholeNameFirst: true }])).toThrow('no Softmax:0');
    expect(() => checkContributions(named, [channel])).toThrow(/no Softmax$/);
  });

  // A network with the layers x and x:0 among others.
  const pair: Backbone = {
    ...backbone,
    layers: [...backbone.layers.map((info) => ({ ...info, name: pairName(info.name) }))],
    layerNamed: (name) => ({ ...backbone.layerNamed(plainName(name)), name }),
    activations: (pixels, names) =>
      new Map(
        [...backbone.activations(pixels, names.map(plainName))].map(([name, values]) => [
          pairName(name),
          values,
        ]),
      ),
  };

  it('by a name in a text mean the layer of the whole name if there is one, else a channel', () => {
    expect(checkContributions(pair, parseContributions('x:0=2'))).toEqual([{ layer: 'x:0', coefficient: 2 }]);
    expect(checkContributions(pair, parseContributions('x:1=2,x:0:0'))).toEqual([
      { layer: 'x', channel: 1, coefficient: 2 },
      { layer: 'x:0', channel: 0, coefficient: 1 },
    ]);
  });

  it('by an exact name mean a channel even if a layer has the whole name; checking again changes nothing', () => {
    const exact = [{ layer: 'x', channel: 0, coefficient: 2 }];
    expect(checkContributions(pair, parseContributions('"x":0=2'))).toEqual(exact);
    expect(checkContributions(pair, exact)).toEqual(exact);
    const both = checkContributions(pair, parseContributions('"x":0=2,x:0=1'));
    expect(both).toEqual([...exact, { layer: 'x:0', coefficient: 1 }]);
    expect(checkContributions(pair, both)).toEqual(both);
    const same = parseContributions('"x:0"=2,x:0=1');
    expect(() => checkContributions(pair, same)).toThrow('option layers: x:0 is given twice');
  });

  it('of a channel and of a layer with the same whole name are two terms of the loss', () => {
    const both = checkContributions(pair, parseContributions('"x":0=2,x:0=1'));
    const terms = dreamTerms(pair, both, input('x', [1, 3, 60, 60]));
    expect(Object.keys(terms)).toEqual(['"x":0', 'x:0']);
  });

  it('of a layer whose name ends like a channel mean all its channels', () => {
    const info: LayerInfo = {
      name: 'Relu:0',
      kind: 'Relu',
      channels: 8,
      stride: 1,
      receptiveField: undefined,
    };
    const named: Backbone = {
      ...backbone,
      layers: [info],
      layerNamed: (name) => {
        if (name === 'Relu:0') return info;
        throw new InputError(`no ${name}`);
      },
    };
    expect(checkContributions(named, parseContributions('Relu:0=2'))).toEqual([
      { layer: 'Relu:0', coefficient: 2 },
    ]);
    expect(checkContributions(named, parseContributions('Relu:0:5=2'))).toEqual([
      { layer: 'Relu:0', channel: 5, coefficient: 2 },
    ]);
  });
});

function pairName(name: string): string {
  return name === 'mixed0' ? 'x' : name === 'mixed1' ? 'x:0' : name;
}

function plainName(name: string): string {
  return name === 'x' ? 'mixed0' : name === 'x:0' ? 'mixed1' : name;
}

import { defineOperator, InputError, mul, type Tensor } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import type { Backbone } from '../pretrained/index.ts';
import { tinyBackbone } from '../pretrained/backbones/testing/tiny-backbone.ts';
import { fitWithin, type Picture } from '../image/index.ts';
import { noise } from '../image/testing/noise.ts';
import { explore, type Exploration } from './explore.ts';
import type { DreamInput } from './options.ts';
import { dream } from './render.ts';

const backbone = tinyBackbone();
const photograph = noise(1, 3, 36, 40);
const quick = { octaves: 2, octaveScale: 1.3, iterations: 2, jitter: 3 };

const Unruly = defineOperator({
  type: 'Unruly',
  attributes: {},
  infer: ([x]: readonly [Tensor]) => [{ dtype: 'float32', shape: x.shape }],
});
const withoutRule = (values: Tensor): Tensor => Unruly.apply([values], {});

async function exploreAll(
  count: number,
  options: DreamInput = quick,
  candidates?: readonly string[],
  source: Picture = photograph,
  network: Backbone = backbone,
  signal?: AbortSignal,
): Promise<Exploration[]> {
  const tried: Exploration[] = [];
  for await (const each of explore(network, source, count, options, candidates, signal)) tried.push(each);
  return tried;
}

describe('an exploration', () => {
  it('tries the given number of mixes of one to four layers, with coefficients of 0.1 to 5', async () => {
    const tried = await exploreAll(12, { ...quick, octaves: 1, iterations: 0 }, [
      'conv2d_1',
      'conv2d_2',
      'conv2d_3',
      'mixed0',
      'mixed1',
    ]);
    expect(tried.map(({ index, total }) => [index, total])).toEqual(
      Array.from({ length: 12 }, (_, i) => [i + 1, 12]),
    );
    const sizes = new Set(tried.map(({ layers }) => layers.length));
    expect(sizes.size).toBeGreaterThan(2);
    for (const { layers } of tried) {
      expect(layers.length).toBeGreaterThanOrEqual(1);
      expect(layers.length).toBeLessThanOrEqual(4);
      expect(new Set(layers.map(({ layer }) => layer)).size).toBe(layers.length);
      for (const { coefficient } of layers) {
        expect(coefficient).toBeGreaterThanOrEqual(0.1);
        expect(coefficient).toBeLessThanOrEqual(5);
      }
    }
    const all = tried.flatMap(({ layers }) => layers.map(({ coefficient }) => coefficient));
    expect(Math.min(...all)).toBeLessThan(0.5);
    expect(Math.max(...all)).toBeGreaterThan(1);
  });

  it('shows pictures that a dream on their layers makes again', async () => {
    for (const { layers, picture } of await exploreAll(3)) {
      for await (const event of dream(backbone, photograph, { ...quick, layers: [...layers] }))
        if (event.type === 'done') expect(event.picture).toEqual(picture);
    }
  });

  it('depends only on the seed, mix by mix', async () => {
    const tried = await exploreAll(3);
    expect(await exploreAll(3)).toEqual(tried);
    const layersOf = (some: readonly Exploration[]) => some.map(({ layers }) => layers);
    expect(layersOf(await exploreAll(2))).toEqual(layersOf(tried.slice(0, 2)));
    expect(layersOf(await exploreAll(3, { ...quick, seed: 2 }))).not.toEqual(layersOf(tried));
  });

  it('mixes the given channels, also several of one layer', async () => {
    const channels = [3, 5].map((channel) => ({ layer: 'mixed0', channel }));
    const candidates = [...channels, 'mixed1'];
    const tried: Exploration[] = [];
    for await (const each of explore(backbone, photograph, 4, { ...quick, iterations: 1 }, candidates))
      tried.push(each);
    const drawn = tried.flatMap(({ layers }) => layers.map(({ layer, channel }) => `${layer}:${channel}`));
    expect(new Set(drawn)).toEqual(new Set(['mixed0:3', 'mixed0:5', 'mixed1:undefined']));
    const [{ layers, picture }] = tried as [Exploration];
    for await (const event of dream(backbone, photograph, { ...quick, iterations: 1, layers: [...layers] }))
      if (event.type === 'done') expect(event.picture).toEqual(picture);
  });

  it('mixes the mixed layers by default', async () => {
    const names = (await exploreAll(6, { ...quick, iterations: 0 })).flatMap(({ layers }) =>
      layers.map(({ layer }) => layer),
    );
    expect(new Set(names)).toEqual(new Set(['mixed0', 'mixed1']));
  });

  it('mixes the last half of the layers in a network without mixed layers', async () => {
    const rename = (name: string): string => name.replace('mixed', 'joined');
    const back = (name: string): string => name.replace('joined', 'mixed');
    const network: Backbone = {
      ...backbone,
      layers: backbone.layers.map((info) => ({ ...info, name: rename(info.name) })),
      layerNamed: (name) => ({ ...backbone.layerNamed(back(name)), name }),
      activations: (pixels, names) =>
        new Map(
          [...backbone.activations(pixels, names.map(back))].map(([name, values]) => [rename(name), values]),
        ),
    };
    const tried = await exploreAll(8, { ...quick, iterations: 0 }, undefined, photograph, network);
    const half = network.layers.slice(4).map(({ name }) => name);
    for (const { layers } of tried) for (const { layer } of layers) expect(half).toContain(layer);
  });

  it('leaves out layers for which the smallest size is too small', async () => {
    const small = noise(1, 3, 22, 30); // 16x23 at the smallest size: enough for mixed0 alone
    const tried = await exploreAll(4, { ...quick, iterations: 1 }, undefined, small);
    expect(tried).toHaveLength(4);
    for (const { layers } of tried) expect(layers.map(({ layer }) => layer)).toEqual(['mixed0']);
  });

  it('is made at 320 pixels, which are enough to choose', async () => {
    const large = noise(1, 3, 300, 480);
    const [{ picture, layers }] = (await exploreAll(1, { ...quick, iterations: 1 }, undefined, large)) as [
      Exploration,
    ];
    expect([picture.height, picture.width]).toEqual([200, 320]);
    for await (const event of dream(backbone, fitWithin(large, 320), {
      ...quick,
      iterations: 1,
      layers: [...layers],
    }))
      if (event.type === 'done') expect(event.picture).toEqual(picture);
  });

  // The tiny network with a layer that cannot be differentiated and one whose values are NaN.
  const faulty: Backbone = {
    ...backbone,
    activations: (pixels, names) =>
      new Map(
        [...backbone.activations(pixels, names)].map(([name, values]) => {
          if (name === 'conv2d_1') return [name, mul(values, Number.NaN)];
          return [name, name === 'conv2d_2' ? withoutRule(values) : values];
        }),
      ),
  };

  it('leaves out a layer that fails, names it with the reason, and still makes all its pictures', async () => {
    const tried = await exploreAll(
      6,
      quick,
      ['conv2d_1', 'conv2d_2', 'mixed0', 'mixed1'],
      photograph,
      faulty,
    );
    expect(tried.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const { layers } of tried)
      for (const { layer } of layers) expect(['mixed0', 'mixed1']).toContain(layer);
    const leftOut = tried.flatMap((each) => each.leftOut);
    expect(leftOut.map(({ layers }) => layers).toSorted()).toEqual(['conv2d_1', 'conv2d_2']);
    for (const { layers, reason } of leftOut)
      expect(reason).toMatch(layers === 'conv2d_1' ? /not finite/ : /operator Unruly has no gradient rule/);
  });

  it('ends with the reason when every layer fails', async () => {
    await expect(exploreAll(2, quick, ['conv2d_1'], photograph, faulty)).rejects.toThrow(
      /^dream: the values of tiny are not finite/,
    );
    await expect(exploreAll(2, quick, ['conv2d_1', 'conv2d_2'], photograph, faulty)).rejects.toThrow(
      /^option explore: none of 2 layers can be dreamed; conv2d_[12]: /,
    );
  });

  it('ends when it is aborted, with whole pictures only', async () => {
    const controller = new AbortController();
    const tried: number[] = [];
    for await (const { index } of explore(backbone, photograph, 9, quick, undefined, controller.signal)) {
      tried.push(index);
      if (index === 2) controller.abort();
    }
    expect(tried).toEqual([1, 2]);
  });
});

describe('an exploration is refused', () => {
  it('for a network without layers, with the reason', async () => {
    const unusable = new Map([['y', 'operator QMystery, which the engine does not have']]);
    const network = { ...backbone, layers: [], unusable };
    await expect(exploreAll(1, quick, undefined, photograph, network)).rejects.toThrow(
      'tiny has no layers that can be used; the first that fails, "y": operator QMystery, which the engine does not have',
    );
  });

  it.each([0, 201, 1.5, Number.NaN])('for %s pictures', async (count) => {
    await expect(exploreAll(count)).rejects.toThrow(InputError);
    await expect(exploreAll(count)).rejects.toThrow(
      `option explore: ${count} is not a number of pictures; give 1 to 200`,
    );
  });

  it('for a layer that does not exist, before anything is dreamed', async () => {
    await expect(exploreAll(1, quick, ['mixed0', 'mixed0', 'mixed0', 'mixed7'])).rejects.toThrow(
      /layer "mixed7" does not exist in tiny; nearest: mixed0/,
    );
    await expect(exploreAll(1, quick, [])).rejects.toThrow(
      'option layers: name at least one layer to explore',
    );
  });

  it('for a picture that is too small for a given layer, or for all', async () => {
    await expect(exploreAll(1, quick, ['mixed0', 'mixed1'], noise(1, 3, 22, 30))).rejects.toThrow(
      /^picture: octave 1 is 23x16; mixed1 needs at least 23x23; use a larger picture/,
    );
    await expect(exploreAll(1, quick, undefined, noise(1, 3, 10, 30))).rejects.toThrow(
      /^picture: octave 1 is 23x7; mixed0 needs at least 11x11; use a larger picture/,
    );
  });

  it('for a picture that is too small at the size of explorations, and names that size', async () => {
    const wide = noise(1, 3, 20, 640);
    await expect(exploreAll(1, { ...quick, octaves: 1 }, ['mixed1'], wide)).rejects.toThrow(
      'picture (320x10 to explore): is 320x10; mixed1 needs at least 23x23; use a larger picture',
    );
  });

  it('for wrong options', async () => {
    await expect(exploreAll(1, { seed: -1 })).rejects.toThrow('option seed: -1 was given');
  });
});

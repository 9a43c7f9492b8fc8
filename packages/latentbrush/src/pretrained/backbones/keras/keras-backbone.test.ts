import * as op from '@latentbrush/engine';
import { InputError, input, ShapeError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import type { WeightTable } from '../../weights/weight-table.ts';
import { INPUT, neededFor } from './architecture.ts';
import { kerasBackbone } from './keras-backbone.ts';
import { preprocessings } from '../preprocessing.ts';
import { randomWeights, tinyArchitecture, tinyBackbone } from '../testing/tiny-backbone.ts';

const part = (weights: WeightTable) =>
  kerasBackbone({
    name: 'tiny',
    origin: 'test',
    architecture: tinyArchitecture,
    weights,
    preprocessing: preprocessings.none,
    end: 'mixed0',
    hint: 'the full network is a download',
  });

describe('layers of a Keras backbone', () => {
  const backbone = tinyBackbone();

  it('are found by their names, and are described', () => {
    expect(backbone.layerNamed('mixed0')).toEqual({
      name: 'mixed0',
      kind: 'concatenation',
      channels: 12,
      stride: 2,
      receptiveField: 7,
    });
    expect(backbone.layers.map(({ name }) => name)).toEqual(tinyArchitecture.map(({ name }) => name));
  });

  it('are found by the name in Keras of the ReLU after a convolution', () => {
    expect(backbone.layerNamed('activation_3').name).toBe('conv2d_3');
  });

  it('that do not exist give an error that names the nearest', () => {
    expect(() => backbone.layerNamed('mixed2')).toThrow(InputError);
    expect(() => backbone.layerNamed('mixed2')).toThrow(
      /^layer "mixed2" does not exist in tiny; nearest: mixed0, mixed1, /,
    );
    expect(() => backbone.layerNamed('Conv2D_9')).toThrow(/nearest: conv2d_1, conv2d_2, conv2d_3$/);
    expect(() => backbone.layerNamed('activation_9')).toThrow('layer "activation_9" does not exist');
  });

  it('beyond the available part give an error that says how to get the rest', () => {
    const weights = randomWeights(neededFor(tinyArchitecture, ['mixed0']));
    const trunk = part(weights);
    expect(trunk.layers.at(-1)?.name).toBe('mixed0');
    expect(() => trunk.layerNamed('mixed1')).toThrow(InputError);
    expect(() => trunk.layerNamed('mixed1')).toThrow(
      /^layer "mixed1" does not exist in the available part of tiny \(it ends at mixed0\); nearest: mixed0, .*; the full network is a download$/,
    );
    // a layer that no network of this kind has cannot be downloaded
    expect(() => trunk.layerNamed('mixed77')).toThrow(/does not exist in tiny; (?!.*download)/);
  });
});

describe('weights', () => {
  it('of another network are refused, whichever weight is missing', () => {
    const weights = randomWeights(tinyArchitecture);
    for (const name of weights.keys()) {
      const less = new Map(weights);
      less.delete(name);
      const build = () => kerasBackbone({ ...partOptions, weights: less });
      expect(build).toThrow(InputError);
      expect(build).toThrow(`weights: "${name}" of shape`);
    }
  });

  it('of layers beyond the end are not needed', () => {
    const weights = new Map(randomWeights(tinyArchitecture));
    weights.delete('plain/kernel');
    expect(() => part(weights)).not.toThrow();
  });
});

const partOptions = {
  name: 'tiny',
  origin: 'test',
  architecture: tinyArchitecture,
  preprocessing: preprocessings.none,
};

describe('the smallest size', () => {
  it.each(tinyArchitecture.map(({ name }) => name))('of %s works, and one pixel less does not', (name) => {
    const backbone = tinyBackbone();
    const size = backbone.smallestSize([name]);
    const shapeAt = (height: number, width: number): readonly number[] | undefined =>
      backbone.activations(input('x', [1, 3, height, width]), [name]).get(name)?.shape;
    expect(shapeAt(size, size)).toHaveLength(4);
    expect(shapeAt(size, size)).not.toContain(0);
    expect(() => shapeAt(size - 1, size + 9)).toThrow(ShapeError);
    expect(() => shapeAt(size + 9, size - 1)).toThrow(ShapeError);
  });

  it('of a network that keeps the size is one pixel', () => {
    const architecture = tinyArchitecture
      .filter(({ name }) => name === 'plain')
      .map((layer) => ({ ...layer, input: INPUT }));
    const backbone = kerasBackbone({ ...partOptions, architecture, weights: randomWeights(architecture) });
    expect(backbone.smallestSize(['plain'])).toBe(1);
  });

  it('of several layers is the largest one', () => {
    const backbone = tinyBackbone();
    expect(backbone.smallestSize(['conv2d_1'])).toBe(3);
    expect(backbone.smallestSize(['conv2d_1', 'mixed1'])).toBe(7);
  });
});

describe('activations', () => {
  it('are those of the preprocessed picture', async () => {
    const shape = [1, 3, 9, 9];
    const picture = op.float32(
      Float32Array.from({ length: 243 }, (_, i) => (i * 37) % 256),
      shape,
    );
    const x = input('x', shape);
    const prepared = op.sub(op.div(x, 127.5), 1);
    const session = await op.compile({
      found: tinyBackbone().activations(x, ['mixed0']).get('mixed0')!,
      expected: tinyBackbone(preprocessings.none).activations(prepared, ['mixed0']).get('mixed0')!,
    });
    const { found, expected } = await session.run({ x: picture });
    await session.release();
    (found.data as Float32Array).forEach((value, i) =>
      expect(value).toBeCloseTo(Number(expected.data[i]), 4),
    );
  });
});

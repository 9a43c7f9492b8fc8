import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeLayers,
  INPUT,
  inputsOf,
  neededFor,
  outputSizes,
  type Architecture,
} from './architecture.ts';
import type { LayerInfo } from '../backbone.ts';
import { inceptionV3 } from './inception-v3.ts';
import { resnet50 } from './resnet50.ts';
import { parameterCount } from '../testing/parameter-count.ts';
import { vgg } from './vgg.ts';
import { xception } from './xception.ts';

const tableOf = (architecture: Architecture): ReadonlyMap<string, LayerInfo> =>
  new Map(describeLayers(architecture).map((info) => [info.name, info]));

describe('architectures have the number of weights of Keras with include_top=False', () => {
  it.each([
    ['inception_v3', inceptionV3(), 21_802_784],
    ['resnet50', resnet50(), 23_587_712],
    ['xception', xception(), 20_861_480],
    ['vgg16', vgg(16), 14_714_688],
    ['vgg19', vgg(19), 20_024_384],
  ] as const)('%s', (_, architecture, count) => {
    expect(parameterCount(architecture)).toBe(count);
  });
});

describe('the table of layers', () => {
  // Araujo et al. 2019 and the table of receptive fields in TensorFlow's contrib/receptive_field, endpoints of TF-Slim.
  it.each([
    ['conv2d_1', 32, 2, 3],
    ['conv2d_2', 32, 2, 7],
    ['conv2d_3', 64, 2, 11],
    ['max_pooling2d_1', 64, 4, 15],
    ['conv2d_4', 80, 4, 15],
    ['conv2d_5', 192, 4, 23],
    ['max_pooling2d_2', 192, 8, 31],
    ['mixed0', 256, 8, 63],
    ['mixed1', 288, 8, 95],
    ['mixed2', 288, 8, 127],
    ['mixed3', 768, 16, 159],
    ['mixed4', 768, 16, 351],
    ['mixed5', 768, 16, 543],
    ['mixed6', 768, 16, 735],
    ['mixed7', 768, 16, 927],
    ['mixed8', 1280, 32, 1055],
    ['mixed9', 2048, 32, 1183],
    ['mixed10', 2048, 32, 1311],
  ])(
    'InceptionV3 %s: %i channels, stride %i, receptive field %i',
    (name, channels, stride, receptiveField) => {
      expect(tableOf(inceptionV3()).get(name)).toMatchObject({ channels, stride, receptiveField });
    },
  );

  it.each([
    ['block1_conv1', 64, 1, 3],
    ['block1_pool', 64, 2, 6],
    ['block2_conv1', 128, 2, 10],
    ['block2_pool', 128, 4, 16],
    ['block3_conv2', 256, 4, 32],
    ['block3_pool', 256, 8, 44],
    ['block4_pool', 512, 16, 100],
    ['block5_conv2', 512, 16, 164],
    ['block5_pool', 512, 32, 212],
  ])('VGG16 %s: %i channels, stride %i, receptive field %i', (name, channels, stride, receptiveField) => {
    expect(tableOf(vgg(16)).get(name)).toMatchObject({ channels, stride, receptiveField });
  });

  it('names the operation of layers', () => {
    const table = tableOf(inceptionV3());
    expect(table.get('conv2d_1')?.kind).toBe('convolution 3x3');
    expect(['mixed0', 'max_pooling2d_1', 'average_pooling2d_1'].map((name) => table.get(name)?.kind)).toEqual(
      ['concatenation', 'max pooling', 'average pooling'],
    );
    const kinds = describeLayers(inceptionV3()).map(({ kind }) => kind);
    expect(kinds).toContain('convolution 1x7');
    expect(kinds).toContain('convolution 7x1');
  });

  it('shows the longer side of a field that is not square', () => {
    const wide: Architecture = [
      {
        kind: 'convolution',
        name: 'wide',
        input: INPUT,
        filters: 1,
        kernelSize: [1, 5],
        strides: 1,
        padding: 'same',
      },
      {
        kind: 'convolution',
        name: 'tall',
        input: 'wide',
        filters: 1,
        kernelSize: [3, 1],
        strides: 1,
        padding: 'same',
      },
    ];
    expect(describeLayers(wide).map(({ receptiveField }) => receptiveField)).toEqual([5, 5]);
  });

  it('refuses a layer before its inputs', () => {
    expect(() => describeLayers(vgg(16).toReversed())).toThrow(
      /block5_pool reads block5_conv3, which is not before it/,
    );
  });
});

describe('sizes of outputs', () => {
  // keras.applications, model.summary() for the default input sizes
  it.each([
    [
      'inception_v3',
      inceptionV3(),
      299,
      { conv2d_1: 149, conv2d_2: 147, conv2d_3: 147, max_pooling2d_1: 73, conv2d_5: 71 },
    ],
    [
      'inception_v3',
      inceptionV3(),
      299,
      { mixed0: 35, mixed2: 35, mixed3: 17, mixed7: 17, mixed8: 8, mixed10: 8 },
    ],
    [
      'vgg19',
      vgg(19),
      224,
      { block1_conv1: 224, block1_pool: 112, block3_conv4: 56, block5_conv4: 14, block5_pool: 7 },
    ],
  ] as const)('%s has the sizes of Keras', (_, architecture, size, expected) => {
    const sizes = outputSizes(architecture, size, size);
    for (const [name, side] of Object.entries(expected))
      expect([name, sizes.get(name)]).toEqual([name, [side, side]]);
  });

  it('height and width are independent of each other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 75, max: 400 }), fc.integer({ min: 75, max: 400 }), (height, width) => {
        const sizes = outputSizes(inceptionV3(), height, width);
        const turned = outputSizes(inceptionV3(), width, height);
        for (const [name, [rows, columns]] of sizes) expect(turned.get(name)).toEqual([columns, rows]);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the layers that given layers need', () => {
  it('are those of their branches, in the order of computation', () => {
    const names = neededFor(inceptionV3(), ['mixed0']).map(({ name }) => name);
    expect(names).toEqual([
      ...['conv2d_1', 'conv2d_2', 'conv2d_3', 'max_pooling2d_1', 'conv2d_4', 'conv2d_5', 'max_pooling2d_2'],
      ...['conv2d_6', 'conv2d_7', 'conv2d_8', 'conv2d_9', 'conv2d_10', 'conv2d_11'],
      ...['average_pooling2d_1', 'conv2d_12', 'mixed0'],
    ]);
    expect(neededFor(inceptionV3(), ['conv2d_8']).map(({ name }) => name)).toEqual([
      ...names.slice(0, 7),
      'conv2d_7',
      'conv2d_8',
    ]);
  });

  it('include all their inputs', () => {
    const all = inceptionV3();
    fc.assert(
      fc.property(fc.subarray(all.map(({ name }) => name)), (wanted) => {
        const known = new Set([INPUT]);
        for (const layer of neededFor(all, wanted)) {
          expect(inputsOf(layer).every((name) => known.has(name))).toBe(true);
          known.add(layer.name);
        }
        expect(wanted.every((name) => known.has(name))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

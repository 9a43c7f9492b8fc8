/** A layer with weights, as Keras 3 groups them in a file of weights. */
export type KerasKind = 'conv2d' | 'separable_conv2d' | 'batch_normalization';

/** The names of the layers of a network, by kind, in the order in which Keras 3 numbers them. */
export type KerasOrder = Readonly<Record<KerasKind, readonly string[]>>;

/**
 * The convolutions of InceptionV3 in Keras' order of layers, by their number in the order of construction. Keras sorts the layers of a model by their
 * distance from its end, so that parallel branches are mixed.
 */
// prettier-ignore
const INCEPTION_V3 = [
  1, 2, 3, 4, 5, 9, 7, 10, 6, 8, 11, 12, 16, 14, 17, 13, 15, 18, 19, 23, 21, 24, 20, 22, 25, 26, 28, 29, 27, 30, 35, 36, 32, 37, 33, 38, 31, 34, 39,
  40, 45, 46, 42, 47, 43, 48, 41, 44, 49, 50, 55, 56, 52, 57, 53, 58, 51, 54, 59, 60, 65, 66, 62, 67, 63, 68, 61, 64, 69, 70, 73, 74, 71, 75, 72, 76,
  81, 78, 82, 79, 80, 83, 84, 77, 85, 90, 87, 91, 88, 89, 92, 93, 86, 94,
];

/** Blocks in each stack of ResNet50, from conv2 on. */
const RESNET50 = [3, 4, 6, 3];

function inceptionV3(): KerasOrder {
  return {
    conv2d: INCEPTION_V3.map((number) => `conv2d_${number}`),
    separable_conv2d: [],
    batch_normalization: INCEPTION_V3.map((number) => `batch_normalization_${number}`),
  };
}

function resnet50(): KerasOrder {
  const layers = [
    'conv1',
    ...RESNET50.flatMap((blocks, stack) =>
      Array.from({ length: blocks }, (_, block) =>
        (block === 0 ? [1, 2, 0, 3] : [1, 2, 3]).map((part) => `conv${stack + 2}_block${block + 1}_${part}`),
      ).flat(),
    ),
  ];
  return {
    conv2d: layers.map((name) => `${name}_conv`),
    separable_conv2d: [],
    batch_normalization: layers.map((name) => `${name}_bn`),
  };
}

function xception(): KerasOrder {
  const blocks = Array.from({ length: 13 }, (_, index) => {
    const block = index + 2;
    const separable = [2, 3, 4, 13, 14].includes(block) ? [1, 2] : [1, 2, 3];
    return { block, names: separable.map((number) => `block${block}_sepconv${number}`) };
  });
  let shortcuts = 0;
  return {
    conv2d: ['block1_conv1', 'block1_conv2', ...[1, 2, 3, 4].map((number) => `conv2d_${number}`)],
    separable_conv2d: blocks.flatMap(({ names }) => names),
    batch_normalization: [
      'block1_conv1_bn',
      'block1_conv2_bn',
      ...blocks.flatMap(({ block, names }) => {
        const own = names.map((name) => `${name}_bn`);
        return [2, 3, 4, 13].includes(block) ? [...own, `batch_normalization_${++shortcuts}`] : own;
      }),
    ],
  };
}

/** The networks with batch normalisation whose layers are known by their number. */
export const kerasOrders: readonly KerasOrder[] = [inceptionV3(), resnet50(), xception()];

import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { hdf5File, type TensorToWrite } from '../testing/hdf5-files.ts';
import { zipFile } from '../testing/zip-files.ts';
import { kerasArchiveWeights } from './keras-archive.ts';
import { ZipFile } from './zip-file.ts';

const convolution = (group: string, value: number): TensorToWrite[] => [
  { path: `layers/${group}/vars/0`, data: [value], shape: [1, 1, 1, 1] },
  { path: `layers/${group}/vars/1`, data: [-value] },
];
const weights = await hdf5File([
  ...convolution('conv2d', 1),
  ...convolution('conv2d_1', 2),
  ...[0, 1, 2, 3].map((number) => ({ path: `layers/batch_normalization/vars/${number}`, data: [number] })),
  ...[0, 1].map((number) => ({
    path: `layers/separable_conv2d/vars/${number}`,
    data: [number],
    shape: [1, 1, 1, 1],
  })),
  { path: 'layers/dropout/seed_generator/vars/0', data: [7], dtype: '<i' },
  { path: 'optimizer/vars/0', data: [7], dtype: '<i' },
]);
const layer = (type: string, name: string): object => ({ class_name: type, config: { name } });
const config = {
  class_name: 'Functional',
  config: {
    layers: [
      layer('InputLayer', 'input'),
      layer('Conv2D', 'stem'),
      layer('BatchNormalization', 'stem_bn'),
      layer('Conv2D', 'branch'),
      layer('SeparableConv2D', 'sep'),
      layer('Lambda', 'code'),
    ],
  },
};
const read = (
  files: Record<string, string | Uint8Array>,
  method: 'stored' | 'deflated' = 'stored',
): ReturnType<typeof kerasArchiveWeights> =>
  kerasArchiveWeights(new ZipFile(zipFile(files, method)), 'model.keras');

describe('.keras', () => {
  it.each(['stored', 'deflated'] as const)(
    'names the layers in the order of its config.json (%s)',
    async (method) => {
      const table = await read(
        { 'metadata.json': '{}', 'config.json': JSON.stringify(config), 'model.weights.h5': weights },
        method,
      );
      const values = Object.fromEntries([...table].map(([name, { data }]) => [name, data[0]]));
      expect(values).toEqual({
        'stem/kernel': 1,
        'stem/bias': -1,
        'branch/kernel': 2,
        'branch/bias': -2,
        'stem_bn/gamma': 0,
        'stem_bn/beta': 1,
        'stem_bn/moving_mean': 2,
        'stem_bn/moving_variance': 3,
        'sep/depthwise_kernel': 0,
        'sep/pointwise_kernel': 1,
      });
    },
  );

  it.each<[string, Record<string, string | Uint8Array>, RegExp]>([
    [
      'other archives',
      { 'a.txt': 'a' },
      /^model\.keras: a zip archive, but no \.keras model .* and no \.pth of PyTorch/,
    ],
    [
      'a config that is not JSON',
      { 'config.json': '{', 'model.weights.h5': weights },
      /config\.json in it is not JSON$/,
    ],
    [
      'a config of another model',
      { 'config.json': '{"config": 3}', 'model.weights.h5': weights },
      /Keras 3 numbers the layers/,
    ],
    [
      'weights that are none',
      { 'config.json': '{}', 'model.weights.h5': 'text' },
      /damaged or not a whole HDF5 file$/,
    ],
  ])('is refused: %s', async (_, files, message) => {
    const work = read(files);
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(message);
  });
});

it.each(['constructor', 'toString', '__proto__'])('a layer of the class %s is left out', async (type) => {
  const odd = { config: { layers: [layer(type, 'odd'), ...config.config.layers] } };
  const table = await read({ 'config.json': JSON.stringify(odd), 'model.weights.h5': weights });
  expect(table.get('stem/kernel')?.data[0]).toBe(1);
});

it('names that the file itself has go before all others', async () => {
  const named = await hdf5File(
    [...convolution('conv2d', 1), ...convolution('functional/layers/conv2d', 2)],
    (file) => {
      for (const [path, name] of [
        ['layers/conv2d/vars', 'head'],
        ['layers/functional/layers/conv2d/vars', 'block1_conv1'],
      ]) {
        const group = file.get(path!);
        if (group !== null && 'create_attribute' in group) group.create_attribute('name', name!);
      }
    },
  );
  const table = await read({ 'config.json': '{}', 'model.weights.h5': named });
  expect(table.get('head/kernel')?.data[0]).toBe(1);
  expect(table.get('block1_conv1/kernel')?.data[0]).toBe(2);
});

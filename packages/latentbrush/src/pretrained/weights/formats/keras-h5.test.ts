import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { Hdf5Reader } from './hdf5-file.ts';
import { kerasWeights, readKerasH5 } from './keras-h5.ts';
import { hdf5File, type TensorToWrite } from '../testing/hdf5-files.ts';
import type { WeightTable } from '../weight-table.ts';

// One thread for all files while it lives: starting one takes longer than reading small files.
const reader = new Hdf5Reader();
afterAll(() => reader.close());

async function tableOf(tensors: readonly TensorToWrite[]): Promise<WeightTable> {
  return kerasWeights(reader, await hdf5File(tensors), 'small.h5');
}

const counting = (length: number): number[] => Array.from({ length }, (_, index) => index);

describe('readKerasH5 reads the names of', () => {
  it.each([
    ["Keras' VGG files", 'block1_conv1/block1_conv1_W_1:0', 'block1_conv1/kernel'],
    ["Keras' VGG files, the bias", 'block1_conv1/block1_conv1_b_1:0', 'block1_conv1/bias'],
    ["Keras' InceptionV3 file", 'conv2d_1/conv2d_1/kernel:0', 'conv2d_1/kernel'],
    [
      'its batch normalisations',
      'batch_normalization_1/batch_normalization_1/moving_variance:0',
      'batch_normalization_1/moving_variance',
    ],
    ['layers without a scope', 'conv2d_1/kernel:0', 'conv2d_1/kernel'],
    ['a second model of a session', 'conv2d_1/conv2d_1_2/kernel:0', 'conv2d_1/kernel'],
    ['whole models', 'model_weights/block1_conv1/block1_conv1/bias:0', 'block1_conv1/bias'],
    ['models inside models', 'vgg19/block1_conv1/kernel:0', 'block1_conv1/kernel'],
    ['Keras 1', 'convolution2d_3/convolution2d_3_W', 'conv2d_3/kernel'],
    [
      'Keras 1, whose running_std was a variance',
      'batchnormalization_3/batchnormalization_3_running_std:0',
      'batch_normalization_3/moving_variance',
    ],
  ])('%s', async (_, path, name) => {
    const table = await tableOf([{ path, data: [1, 2, 3] }]);
    expect([...table]).toEqual([[name, { dtype: 'float32', shape: [3], data: new Float32Array([1, 2, 3]) }]]);
  });
});

describe('readKerasH5', () => {
  const kernel = { path: 'conv2d_1/kernel:0', data: counting(54), shape: [3, 3, 3, 2] };

  it('keeps shape and order of the elements', async () => {
    const array = (await tableOf([kernel])).get('conv2d_1/kernel');
    expect(array?.shape).toEqual([3, 3, 3, 2]);
    expect([...(array?.data ?? [])]).toEqual(counting(54));
  });

  it('reads floats of 64 bits, and chunks compressed by gzip', async () => {
    const table = await tableOf([
      { path: 'conv2d_1/bias:0', data: [0.5, -2], dtype: '<d' },
      { ...kernel, chunks: [3, 3, 1, 2] },
    ]);
    expect(table.get('conv2d_1/bias')?.data).toEqual(new Float32Array([0.5, -2]));
    expect([...(table.get('conv2d_1/kernel')?.data ?? [])]).toEqual(counting(54));
  });

  it('reads floats of 16 bits', async () => {
    // h5wasm cannot write them, so we change the description of a 32-bit tensor in the file.
    const halves = Uint16Array.of(0x3c00, 0xc100, 0x0001, 0x7c00);
    const bytes = await hdf5File([
      { path: 'kernel:0', data: [...new Float32Array(halves.buffer), 0, 0], shape: [4] },
    ]);
    // Offset, precision, place and size of exponent and mantissa, and bias of the exponent.
    const float32Type = Buffer.from('11201f00040000000000200017080017' + '7f000000', 'hex');
    const float16Type = Buffer.from('11200f000200000000001000' + '0a05000a' + '0f000000', 'hex');
    bytes.set(float16Type, Buffer.from(bytes).indexOf(float32Type));
    const table = await kerasWeights(reader, bytes, 'half.h5');
    expect(table.get('kernel')?.data).toEqual(new Float32Array([1, -2.5, 2 ** -24, Infinity]));
  });

  it('leaves out the state of the optimiser', async () => {
    const table = await tableOf([
      { ...kernel, path: 'model_weights/conv2d_1/conv2d_1/kernel:0' },
      { path: 'optimizer_weights/iterations:0', data: [7], dtype: '<i' },
    ]);
    expect([...table.keys()]).toEqual(['conv2d_1/kernel']);
  });

  it("reads from a path, and does not change the caller's bytes", async () => {
    const bytes = await hdf5File([kernel]);
    const path = join(await temporaryFolder(), 'weights.h5');
    await writeFile(path, bytes);
    expect([...(await readKerasH5(path)).keys()]).toEqual(['conv2d_1/kernel']);
    const length = bytes.length;
    expect([...(await readKerasH5(bytes)).keys()]).toEqual(['conv2d_1/kernel']);
    expect(bytes.length).toBe(length);
  });

  it('numbers the convolutions of a second InceptionV3 from one', async () => {
    const second = counting(94).flatMap((index) => [
      { path: `conv2d_${index + 94}/kernel:0`, data: [index] },
      { path: `batch_normalization${index === 0 ? '' : `_${index}`}/beta:0`, data: [-index] },
    ]);
    const table = await tableOf(second);
    expect(table.get('conv2d_1/kernel')?.data).toEqual(new Float32Array([0]));
    expect(table.get('conv2d_94/kernel')?.data).toEqual(new Float32Array([93]));
    expect(table.get('batch_normalization_1/beta')?.data).toEqual(new Float32Array([-0]));
    expect(table.get('batch_normalization_94/beta')?.data).toEqual(new Float32Array([-93]));
    expect(table.size).toBe(188);
  });
});

describe('of Keras 3, which numbers layers,', () => {
  const convolution = (index: number): TensorToWrite[] => {
    const layer = `layers/conv2d${index === 0 ? '' : `_${index}`}/vars`;
    return [
      { path: `${layer}/0`, data: counting(9), shape: [3, 3, 1, 1] },
      { path: `${layer}/1`, data: [index] },
    ];
  };

  it('VGG19 is read, since its 16 convolutions are in order', async () => {
    const table = await tableOf(counting(16).flatMap(convolution));
    expect(table.size).toBe(32);
    expect(table.get('block1_conv1/bias')?.data).toEqual(new Float32Array([0]));
    expect(table.get('block3_conv1/bias')?.data).toEqual(new Float32Array([4]));
    expect(table.get('block5_conv4/bias')?.data).toEqual(new Float32Array([15]));
    expect(table.get('block5_conv4/kernel')?.shape).toEqual([3, 3, 1, 1]);
  });

  it('other networks are refused', async () => {
    const work = tableOf(counting(5).flatMap(convolution));
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(/^small\.h5: Keras 3 numbers the layers/);
  });
});

describe('the error says that', () => {
  it('the file is truncated', async () => {
    const bytes = await hdf5File([{ path: 'conv2d_1/kernel:0', data: counting(54) }]);
    for (const length of [8, 100, bytes.length - 1]) {
      const work = kerasWeights(reader, bytes.slice(0, length), 'cut.h5');
      await expect(work).rejects.toThrow(InputError);
      await expect(work).rejects.toThrow(/^cut\.h5: it is damaged or not a whole HDF5 file$/);
    }
  });

  it('a compressed tensor is damaged', async () => {
    const data = counting(4096);
    const bytes = await hdf5File([{ path: 'conv2d_1/kernel:0', data, chunks: [4096] }]);
    bytes.fill(0x55, bytes.length - 3000, bytes.length - 1000);
    const work = kerasWeights(reader, bytes, 'damaged.h5');
    await expect(work).rejects.toThrow(/^damaged\.h5: (the data of "conv2d_1\/kernel:0" are|it is) damaged/);
  });

  it('the file does not exist', async () => {
    const work = readKerasH5(join(await temporaryFolder(), 'none.h5'));
    await expect(work).rejects.toThrow(/none\.h5: no such file/);
  });

  it.each<[string, TensorToWrite[], RegExp]>([
    ['it contains no weights', [], /^small\.h5: it contains no weights$/],
    [
      'a tensor contains whole numbers',
      [{ path: 'conv2d_1/kernel:0', data: [1], dtype: '<i' }],
      /^small\.h5: "conv2d_1\/kernel:0" contains no floats of 16, 32 or 64 bits, as weights do$/,
    ],
    [
      'two tensors have the same name',
      [
        { path: 'conv2d_1/kernel:0', data: [1] },
        { path: 'conv2d_1/conv2d_1_W', data: [1] },
      ],
      /^small\.h5: two of its tensors are "conv2d_1\/kernel"$/,
    ],
  ])('%s', async (_, tensors, message) => {
    const work = tableOf(tensors);
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(message);
  });

  it('Keras on Theano wrote it', async () => {
    const bytes = await hdf5File([{ path: 'conv2d_1/kernel:0', data: [1] }], (file) =>
      file.create_attribute('backend', 'theano'),
    );
    await expect(kerasWeights(reader, bytes, 'th.h5')).rejects.toThrow(/^th\.h5: written by Keras on Theano/);
  });

  it('it exceeds a limit', async () => {
    const bytes = await hdf5File([{ path: 'a/b/c/kernel:0', data: counting(100) }]);
    const limited = (limits: object): Promise<unknown> =>
      kerasWeights(reader, Uint8Array.from(bytes), 'large.h5', { limits });
    await expect(limited({ elements: 99 })).rejects.toThrow(/^large\.h5: its tensors are larger than/);
    await expect(limited({ objects: 3 })).rejects.toThrow(/^large\.h5: it has more than 3 objects$/);
    await expect(limited({ depth: 2 })).rejects.toThrow(
      /^large\.h5: its groups are nested more than 2 deep$/,
    );
    await expect(limited({})).resolves.toHaveProperty('size', 1);
  });

  it('it takes too long; the next file is read as usual', async () => {
    const large = await hdf5File([{ path: 'conv2d_1/kernel:0', data: new Float32Array(2 ** 21) }]);
    const work = kerasWeights(reader, large, 'slow.h5', { timeout: 1 });
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(/^slow\.h5: reading it took longer than 1 ms/);
    const next = await hdf5File([{ path: 'conv2d_1/kernel:0', data: [1] }]);
    expect((await kerasWeights(reader, next, 'next.h5')).size).toBe(1);
  });
});

describe('a hostile file', () => {
  it('cannot reach other files: its external links are not followed', async () => {
    const bytes = await hdf5File([{ path: 'conv2d_1/kernel:0', data: [1] }], (file) => {
      file.create_external_link('/etc/hostname', '/', 'outside');
    });
    await expect(kerasWeights(reader, bytes, 'links.h5')).rejects.toThrow(
      /^links\.h5: "outside" is neither a group nor a tensor$/,
    );
  });

  it('cannot keep the reader busy with groups that contain themselves', async () => {
    const bytes = await hdf5File([{ path: 'circle/kernel:0', data: [1] }], (file) => {
      for (const name of ['a', 'b', 'c']) file.create_hard_link('/circle', `circle/${name}`);
    });
    await expect(kerasWeights(reader, bytes, 'circle.h5')).rejects.toThrow(InputError);
  });
});

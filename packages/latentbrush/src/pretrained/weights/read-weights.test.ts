import { encodeSafetensors, float32, InputError } from '@latentbrush/engine';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { readWeights } from './read-weights.ts';
import { hdf5File } from './testing/hdf5-files.ts';
import { onnxFile } from './testing/onnx-files.ts';
import { zipFile } from './testing/zip-files.ts';

const kernel = float32([1, 2, 3, 4, 5, 6], [1, 1, 2, 3]);
async function writeTemporary(contents: Uint8Array | string): Promise<string> {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, contents);
  return path;
}

// The same kernel [height, width, in, out] in every format; the names of the files do not reveal the format.
describe('readWeights recognises by its contents', () => {
  it("Keras' HDF5", async () => {
    const file = await hdf5File([
      { path: 'block1_conv1/block1_conv1_W_1:0', shape: kernel.shape, data: kernel.data },
    ]);
    const table = await readWeights(await writeTemporary(file));
    expect([...table]).toEqual([['block1_conv1/kernel', kernel]]);
  });

  it('HDF5 after a user block', async () => {
    const file = await hdf5File([{ path: 'a/kernel:0', data: [1] }]);
    const behind = new Uint8Array(512 + file.length);
    behind.set(file, 512);
    expect((await readWeights(await writeTemporary(behind))).size).toBe(1);
  });

  it('safetensors', async () => {
    const file = encodeSafetensors({ 'block1_conv1/kernel:0': kernel, step: float32([1]) });
    const table = await readWeights(await writeTemporary(file));
    expect([...table]).toEqual([['block1_conv1/kernel', kernel]]);
  });

  it('safetensors whose header has 640 bytes, which begins like a pickle', async () => {
    const tensors = { 'block1_conv1/kernel': kernel };
    const length = new DataView(encodeSafetensors(tensors, { note: '' }).buffer).getUint32(0, true);
    const file = encodeSafetensors(tensors, { note: 'x'.repeat(640 - length) });
    expect([...file.subarray(0, 2)]).toEqual([0x80, 2]);
    expect((await readWeights(await writeTemporary(file))).size).toBe(1);
  });

  it('ONNX, where kernels are [out, in, height, width]', async () => {
    const file = onnxFile([
      { name: 'block1_conv1/kernel', shape: [3, 2, 1, 1], data: [1, 4, 2, 5, 3, 6] },
      { name: 'block1_conv1/bias', shape: [3], data: [7, 8, 9] },
    ]);
    const table = await readWeights(await writeTemporary(file));
    expect(table.get('block1_conv1/kernel')).toEqual(kernel);
    expect(table.get('block1_conv1/bias')).toEqual(float32([7, 8, 9]));
  });

  it.each(['vgg16-one-channel.pth', 'vgg16-one-channel-1.5.pth'])('PyTorch, %s', async (name) => {
    const table = await readWeights(fileURLToPath(new URL(`testing/${name}`, import.meta.url)));
    expect(table.get('block5_conv3/bias')?.data[0]).toBe(12);
  });

  it('.keras of Keras 3', async () => {
    const weights = await hdf5File([
      { path: 'layers/conv2d/vars/0', shape: kernel.shape, data: kernel.data },
    ]);
    const layers = [{ class_name: 'Conv2D', config: { name: 'block1_conv1' } }];
    const config = JSON.stringify({ config: { layers } });
    const file = zipFile({ 'config.json': config, 'model.weights.h5': weights });
    expect([...(await readWeights(await writeTemporary(file)))]).toEqual([['block1_conv1/kernel', kernel]]);
  });

  it('a layers model of TensorFlow.js', async () => {
    const model = new URL('../../../assets/inception_v3-mixed5/model.json', import.meta.url);
    const table = await readWeights(fileURLToPath(model));
    expect(table.get('conv2d_1/kernel')?.shape).toEqual([3, 3, 3, 32]);
  });
});

describe('readWeights refuses', () => {
  it.each<[string, Uint8Array | string, RegExp]>([
    [
      'PyTorch files that ask for more than tensors',
      zipFile({ 'm/data.pkl': Buffer.from('8002636f730a73797374656d0a2e', 'hex') }),
      /: its pickle asks for "os\.system"; only tensors in dicts are read/,
    ],
    [
      'half a PyTorch file of old',
      Buffer.from('80028a0a6cfc9c46f9206aa850', 'hex'),
      /: its pickle is cut off$/,
    ],
    ['other zip archives', zipFile({ 'a.txt': 'a' }), /: a zip archive, but no \.keras model/],
    ['half a zip archive', 'PK\x03\x04 something else', /: it is damaged or not a whole zip archive$/],
    ['an empty file', '', /: the file is empty$/],
    ['a picture', Buffer.from('89504e470d0a1a0a', 'hex'), /: not a file of weights; give Keras' \.h5/],
    ['JSON that is no model', '{"a": 1}', /: it has no valid weightsManifest/],
    ['half an HDF5 file', '\x89HDF\r\n\x1a\n', /: it is damaged or not a whole HDF5 file$/],
    ['half a safetensors file', '\x40\0\0\0\0\0\0\0{"a"', /: safetensors: its header should have 64 bytes/],
    ['half an ONNX file', '\x08\x08\x3a\x40', /: ONNX model: the bytes are not a whole ONNX file/],
    [
      'names of unknown networks',
      encodeSafetensors({ 'a\nb': float32([1]) }),
      /: its tensors are named "a\\nb" \.\.\.; names of Keras/,
    ],
  ])('%s', async (_, contents, message) => {
    const bytes = typeof contents === 'string' ? Buffer.from(contents, 'latin1') : contents;
    const path = await writeTemporary(bytes);
    const work = readWeights(path);
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(message);
    await expect(work).rejects.toThrow(path);
    await expect(work).rejects.not.toThrow(/\n/);
  });

  it('missing files, folders, and files larger than any network', async () => {
    const folder = await temporaryFolder();
    const large = await writeTemporary('');
    await truncate(large, 2 ** 30 + 1); // uses no space on the disk
    await expect(readWeights(join(folder, 'none'))).rejects.toThrow(/none: no such file/);
    await expect(readWeights(folder)).rejects.toThrow(/: is not a file; give a file of weights/);
    await expect(readWeights(large)).rejects.toThrow(/: 1073741825 bytes are more than the limit/);
  });
});

import { encodeSafetensors, float32, InputError, Random } from '@latentbrush/engine';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { Hdf5Reader } from './formats/hdf5-file.ts';
import { kerasWeights } from './formats/keras-h5.ts';
import { onnxWeights } from './formats/onnx-weights.ts';
import { recogniseWeights, readWeights } from './read-weights.ts';
import { safetensorsWeights } from './formats/safetensors-weights.ts';
import { hdf5File } from './testing/hdf5-files.ts';
import { mutated } from './testing/mutations.ts';
import { onnxFile } from './testing/onnx-files.ts';
import { zipFile } from './testing/zip-files.ts';
import type { WeightTable } from './weight-table.ts';

const counting = (length: number): number[] => Array.from({ length }, (_, index) => index);
const kernel = { shape: [3, 3, 3, 2], data: counting(54) };
const bias = { shape: [2], data: [1, 2] };

/** Reads many damaged files; each gives a valid table, or a one-line error that names the file. Both must occur. */
async function survive(
  times: number,
  file: Uint8Array,
  read: (bytes: Uint8Array<ArrayBuffer>) => WeightTable | Promise<WeightTable>,
): Promise<void> {
  const random = new Random(1);
  let tables = 0;
  let refusals = 0;
  for (let time = 0; time < times; time++) {
    try {
      const table = await read(mutated(file, random));
      for (const { shape, data } of table.values()) {
        expect(data).toHaveLength(shape.reduce((product, size) => product * size, 1));
      }
      tables += 1;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      expect(error.message).toMatch(/^[^\p{Cc}]*weights\.[a-z0-9]+: [^\p{Cc}]+$/u);
      refusals += 1;
    }
  }
  expect(Math.min(tables, refusals)).toBeGreaterThan(times / 100);
}

describe('damaged files give weights or a one-line error, never a crash or a hang:', () => {
  it('HDF5, 500 of them', async () => {
    const reader = new Hdf5Reader();
    const file = await hdf5File([
      { path: 'block1_conv1/block1_conv1_W_1:0', ...kernel },
      { path: 'block1_conv1/block1_conv1_b_1:0', ...bias },
      { path: 'conv2d_1/conv2d_1/kernel:0', ...kernel, chunks: [3, 3, 1, 2] },
    ]);
    await survive(500, file, (bytes) => kerasWeights(reader, bytes, 'weights.h5', { timeout: 200 }));
    await reader.close();
  });

  it('safetensors, 3000 of them', async () => {
    const file = encodeSafetensors({
      'block1_conv1/kernel': float32(kernel.data, kernel.shape),
      'block1_conv1/bias': float32(bias.data),
    });
    await survive(3000, file, (bytes) => safetensorsWeights(bytes, 'weights.safetensors'));
  });

  it('ONNX, 3000 of them', async () => {
    const file = onnxFile([
      { name: 'block1_conv1/kernel', shape: [2, 3, 3, 3], data: kernel.data },
      { name: 'block1_conv1/bias', ...bias },
    ]);
    await survive(3000, file, (bytes) => onnxWeights({ bytes, externalFiles: new Map() }, 'weights.onnx'));
  });

  it('TensorFlow.js, 300 of them', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'model'));
    await writeFile(join(folder, 'model', 'shard.bin'), Float32Array.from(kernel.data));
    const model = {
      weightsManifest: [
        {
          paths: ['shard.bin'],
          weights: [{ name: 'conv2d_1/kernel', shape: kernel.shape, dtype: 'float32' }],
        },
      ],
    };
    const path = join(folder, 'model', 'weights.json');
    await survive(300, new TextEncoder().encode(JSON.stringify(model)), async (bytes) => {
      await writeFile(path, bytes);
      return readWeights(path);
    });
  });

  it('.keras, 60 of them', async () => {
    const reader = await hdf5File([{ path: 'layers/conv2d/vars/0', ...kernel }]);
    const config = JSON.stringify({
      config: { layers: [{ class_name: 'Conv2D', config: { name: 'conv2d_1' } }] },
    });
    const path = join(await temporaryFolder(), 'weights.keras');
    const random = new Random(5);
    await survive(60, new TextEncoder().encode(config), async (bytes) => {
      const weights = random.uniform() < 0.1 ? mutated(reader, random) : reader;
      const archive = zipFile({ 'config.json': bytes, 'model.weights.h5': weights });
      await writeFile(path, random.uniform() < 0.3 ? mutated(archive, random) : archive);
      return readWeights(path);
    });
  });

  it('random first bytes, 3000 of them, are a known format or none', async () => {
    const random = new Random(2);
    const known = ['HDF5', 'safetensors', 'TensorFlow.js', 'ONNX', 'pickle', 'zip', undefined];
    const seen = new Set<string | undefined>();
    const files = [
      await hdf5File([{ path: 'conv2d_1/kernel:0', ...kernel }]),
      encodeSafetensors({ bias: float32(bias.data) }),
      onnxFile([]),
      new TextEncoder().encode('{}'),
      Uint8Array.of(0x80, 2, 0x8a),
    ];
    for (let time = 0; time < 3000; time++) {
      const format = recogniseWeights(mutated(files[time % files.length]!.subarray(0, 64), random));
      expect(known).toContain(format);
      seen.add(format);
    }
    expect(seen.size).toBeGreaterThanOrEqual(files.length);
  });

  it('whole files by their path, 100 of them', async () => {
    const path = join(await temporaryFolder(), 'weights.any');
    const file = encodeSafetensors({ 'conv2d_1/kernel': float32(kernel.data, kernel.shape) });
    await survive(100, file, async (bytes) => {
      await writeFile(path, bytes);
      return readWeights(path);
    });
  });
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeSafetensors, float32, InputError, type NDArray } from '@latentbrush/engine';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serve } from '../../testing/file-server.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { WeightsUnavailable } from '../weights/locate.ts';
import { pretrainedWeights } from '../weights/registry.ts';
import type { Architecture } from './keras/architecture.ts';
import { backboneCatalogue } from './catalogue.ts';
import { kerasBackbone } from './keras/keras-backbone.ts';
import { loadBackbone } from './load-backbone.ts';
import { preprocessings } from './preprocessing.ts';

// Tests must not use the folders or the network of the person who runs them.
beforeEach(async () => {
  vi.stubEnv('LATENTBRUSH_DATA_DIR', undefined);
  vi.stubEnv('LATENTBRUSH_CACHE_DIR', await temporaryFolder());
});
afterEach(() => vi.unstubAllEnvs());

describe('inception_v3', () => {
  it('is the embedded trunk when it has the requested layers: nothing is downloaded', async () => {
    const onProgress = vi.fn();
    const backbone = await loadBackbone('inception_v3', { layers: ['mixed2', 'activation_7'], onProgress });
    expect(backbone.origin).toMatch(/embedded trunk to mixed5/);
    expect(backbone.layerNamed('mixed5').channels).toBe(768);
    expect(onProgress).not.toHaveBeenCalled();
  });

  it('says offline that a layer is beyond the trunk, and how to get the rest', async () => {
    const work = loadBackbone('inception_v3', { layers: ['mixed3', 'mixed7'], offline: true });
    await expect(work).rejects.toThrow(WeightsUnavailable);
    await expect(work).rejects.toThrow(
      /^layer "mixed7" is beyond the embedded trunk of inception_v3, which ends at mixed5; .*latentbrush models fetch inception_v3/,
    );
  });

  it('refuses an unknown layer before anything is downloaded, with the nearest names', async () => {
    const work = loadBackbone('inception_v3', { layers: ['mixed33'] });
    await expect(work).rejects.toThrow(/layer "mixed33" does not exist in inception_v3; nearest: mixed3/);
    await expect(work).rejects.not.toThrow(WeightsUnavailable);
  });

  it('reports a damaged file in the cache and does not skip it', async () => {
    const folder = join(process.env.LATENTBRUSH_CACHE_DIR ?? '', 'weights');
    await mkdir(folder);
    await writeFile(join(folder, pretrainedWeights.inception_v3.fileName), 'cut off');
    await expect(loadBackbone('inception_v3', { layers: ['mixed3'] })).rejects.toThrow(
      /7 bytes, expected 87910968.*latentbrush models fetch inception_v3/,
    );
  });
});

describe('embedded', () => {
  it('is the trunk, whatever is in the data folder', async () => {
    const dataDir = await temporaryFolder();
    await writeFile(join(dataDir, 'inception_v3.safetensors'), 'not even weights');
    const backbone = await loadBackbone('embedded', { dataDir });
    expect(backbone.origin).toMatch(/embedded trunk/);
    await expect(loadBackbone('inception_v3', { dataDir })).rejects.toThrow(/inception_v3\.safetensors/);
  });

  it('accepts no weights, and has no layer beyond its end', async () => {
    await expect(loadBackbone('embedded', { weights: 'mine.h5' })).rejects.toThrow(
      'mine.h5: the embedded backbone has its own weights',
    );
    await expect(loadBackbone('embedded', { layers: ['mixed6'] })).rejects.toThrow(
      /layer "mixed6" does not exist in the available part of inception_v3.*latentbrush models fetch inception_v3/,
    );
  });
});

describe('options without effect', () => {
  it.each(['inception_v3', 'embedded', 'VGG16'])('%s has its own preprocessing', async (name) => {
    const work = loadBackbone(name, { preprocessing: 'caffe', offline: true });
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(
      `option preprocessing: ${name.toLowerCase()} has its own; leave it out, or choose an .onnx file as the backbone`,
    );
  });

  it('an ONNX file has its own weights', async () => {
    const work = loadBackbone('own.onnx', { weights: 'w.safetensors' });
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(
      'w.safetensors: the network in own.onnx has its own weights; leave the file out, or choose a backbone by its name',
    );
  });
});

describe('vgg16 and vgg19', () => {
  it('are loaded from a copy in the data folder, with the requested pooling', async () => {
    const dataDir = await temporaryFolder();
    const path = join(dataDir, 'vgg16.safetensors');
    await writeFile(path, encodeSafetensors(zeroWeights(backboneCatalogue.vgg16.architecture())));
    const backbone = await loadBackbone('vgg16', { dataDir, offline: true, pooling: 'average' });
    expect(backbone).toMatchObject({ name: 'vgg16', origin: path });
    expect(backbone.layers.at(-1)).toMatchObject({ name: 'block5_pool', kind: 'average pooling' });
    expect(backbone.layers).toHaveLength(18);

    // VGG19 has three convolutions more than this file.
    const other = loadBackbone('vgg19', { weights: path });
    await expect(other).rejects.toThrow(InputError);
    await expect(other).rejects.toThrow(
      `${path}: not the weights of vgg19: weights: "block3_conv4/kernel" of shape [3, 3, 256, 256] is missing`,
    );
  });

  it.each(['vgg16', 'vgg19'])('%s is unavailable offline without a local copy', async (name) => {
    const work = loadBackbone(name, { offline: true });
    await expect(work).rejects.toThrow(WeightsUnavailable);
    await expect(work).rejects.toMatchObject({ network: name });
  });

  it('are unavailable when the download fails', async () => {
    const proxy = await serve(() => undefined);
    proxy.server.on('connect', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
    vi.stubEnv('no_proxy', '');
    vi.stubEnv('HTTPS_PROXY', undefined);
    vi.stubEnv('https_proxy', `http://127.0.0.1:${proxy.port}`);
    const work = loadBackbone('vgg19', { retries: 0 });
    await expect(work).rejects.toThrow(WeightsUnavailable);
    await expect(work).rejects.toThrow(/^vgg19: its weights could not be fetched: https:/);
  });

  it('refuse an unknown layer before anything is downloaded', async () => {
    await expect(loadBackbone('vgg16', { layers: ['block5_conv4'] })).rejects.toThrow(
      /layer "block5_conv4" does not exist in vgg16; nearest: block5_conv/,
    );
  });

  it('stop when the signal aborts', async () => {
    const signal = AbortSignal.abort(new Error('Ctrl-C'));
    await expect(loadBackbone('vgg16', { signal })).rejects.toThrow('Ctrl-C');
  });
});

it('an unknown name is refused with the nearest one', async () => {
  await expect(loadBackbone('vgg-19')).rejects.toThrow(/backbone "vgg-19" does not exist; nearest: vgg19/);
});

describe('weights of another network are refused', () => {
  const architecture: Architecture = [
    {
      kind: 'convolution',
      name: 'conv',
      input: 'input',
      filters: 2,
      kernelSize: [3, 3],
      strides: 1,
      padding: 'same',
    },
  ];
  const kernel = float32(new Float32Array(54), [3, 3, 3, 2]);
  const bias = float32(new Float32Array(2), [2]);
  const backboneOf = (weights: Record<string, NDArray<'float32'>>): unknown =>
    kerasBackbone({
      name: 'small',
      origin: 'test',
      architecture,
      weights: new Map(Object.entries(weights)),
      preprocessing: preprocessings.unit,
    });

  it('while its own weights are accepted', () => {
    expect(() => backboneOf({ 'conv/kernel': kernel, 'conv/bias': bias })).not.toThrow();
  });

  it.each<[string, Record<string, NDArray<'float32'>>, RegExp]>([
    ['one is missing', { 'conv/kernel': kernel }, /"conv\/bias" of shape \[2\] is missing/],
    [
      'one has another shape',
      { 'conv/kernel': float32(new Float32Array(54), [2, 3, 3, 3]), 'conv/bias': bias },
      /"conv\/kernel" has shape \[2, 3, 3, 3\], expected \[3, 3, 3, 2\]/,
    ],
  ])('%s', (_, weights, message) => {
    expect(() => backboneOf(weights)).toThrow(InputError);
    expect(() => backboneOf(weights)).toThrow(message);
  });
});

/** Weights of the right shapes for a network of convolutions with biases, all of them zero. */
function zeroWeights(architecture: Architecture): Record<string, NDArray<'float32'>> {
  const weights: Record<string, NDArray<'float32'>> = {};
  let channels = 3;
  for (const layer of architecture) {
    if (layer.kind !== 'convolution') continue;
    const shape = [...layer.kernelSize, channels, layer.filters];
    const count = shape.reduce((product, size) => product * size, 1);
    weights[`${layer.name}/kernel`] = float32(new Float32Array(count), shape);
    weights[`${layer.name}/bias`] = float32(new Float32Array(layer.filters), [layer.filters]);
    channels = layer.filters;
  }
  return weights;
}

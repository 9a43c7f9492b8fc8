import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, encodeSafetensors, float32, input, type NDArray } from '@latentbrush/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackbone, vgg, type Backbone } from '../../pretrained/index.ts';
import type { Picture } from '../../image/index.ts';
import { noise } from '../../image/testing/noise.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { hdf5File } from '../../pretrained/weights/testing/hdf5-files.ts';
import type { StyleEvent } from './events.ts';
import type { StyleInput } from './options.ts';
import { presetOf } from '../presets.ts';
import { paint } from './render.ts';
import { naiveGram, naiveVariation, sumOfSquares } from '../testing/naive-losses.ts';

const weights = vggWeights();
const content = noise(1, 3, 64, 64);
const style = noise(2, 3, 64, 64);
const once: StyleInput = { height: 64, rounds: 1, evaluations: 2 };

type Round = Extract<StyleEvent, { type: 'round' }>;

async function round(backbone: Backbone, options: StyleInput = {}): Promise<Round> {
  for await (const event of paint(backbone, content, [{ picture: style }], { ...once, ...options }))
    if (event.type === 'round') return event;
  throw new Error('painting gave no round');
}

describe('VGG19 with weights of a file', () => {
  let backbone: Backbone;
  let path: string;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'latentbrush-'));
    path = join(folder, 'vgg19.safetensors');
    await writeFile(path, encodeSafetensors(weights));
    backbone = await loadBackbone('vgg19', { weights: path });
    return () => rm(folder, { recursive: true });
  });

  it("paints with the book's settings: its layers, and losses by its formulas", async () => {
    const found = await round(backbone);
    expect(found.picture).toMatchObject({ channels: 3, height: 64, width: 64 });
    expect(found.picture.data.every(Number.isFinite)).toBe(true);
    const layers = presetOf('vgg19').styleLayers;
    expect(Object.keys(found.terms)).toEqual([
      'content',
      ...layers.map((layer) => `style ${layer}`),
      'total variation',
    ]);

    const seen = await look(backbone, ['block5_conv2', ...layers], {
      content,
      style,
      painted: found.picture,
    });
    const base = seen('content', 'block5_conv2');
    expect(base.shape).toEqual([1, 512, 4, 4]);
    expectRatio(found.terms.content, 0.025 * sumOfSquares(seen('painted', 'block5_conv2'), base));
    for (const layer of layers) {
      const [target, combination] = [seen('style', layer), seen('painted', layer)];
      const positions = combination.shape[2]! * combination.shape[3]!;
      const sum = sumOfSquares(naiveGram(target), naiveGram(combination)) * positions ** 2;
      expectRatio(found.terms[`style ${layer}`], sum / (4 * 9 * (64 * 64) ** 2) / 5);
    }
    expectRatio(found.terms['total variation'], 1e-4 * naiveVariation(found.picture));
    expectRatio(
      found.loss,
      Object.values(found.terms).reduce((sum, term) => sum + term, 0),
    );
  });

  it('reads the same weights from an HDF5 file of Keras', async () => {
    const keras = join(await temporaryFolder(), 'vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5');
    const tensors = Object.entries(weights).map(([name, { data, shape }]) => {
      const [layer = '', variable] = name.split('/');
      return { path: `${layer}/${layer}_${variable === 'kernel' ? 'W' : 'b'}_1:0`, data, shape };
    });
    await writeFile(keras, await hdf5File(tensors));
    const other = await loadBackbone('vgg19', { weights: keras });
    expect(other.layers).toEqual(backbone.layers);
    const layers = ['block1_conv1', 'block5_conv1'];
    const [a, b] = [await look(other, layers, { style }), await look(backbone, layers, { style })];
    for (const layer of layers) expect(a('style', layer)).toEqual(b('style', layer));
  });

  it('uses average pooling when asked', async () => {
    const average = await loadBackbone('vgg19', { weights: path, pooling: 'average' });
    const layers = ['block1_conv2', 'block2_conv1'];
    const [max, mean] = [await look(backbone, layers, { style }), await look(average, layers, { style })];
    expect(mean('style', 'block1_conv2')).toEqual(max('style', 'block1_conv2')); // before any pooling
    const [a, b] = [mean('style', 'block2_conv1'), max('style', 'block2_conv1')];
    expect(a.shape).toEqual(b.shape);
    expect(a.data).not.toEqual(b.data);
  });
});

/** The outputs of layers for pictures, by the names of both. */
async function look(
  backbone: Backbone,
  layers: readonly string[],
  pictures: Readonly<Record<string, Picture>>,
): Promise<(picture: string, layer: string) => NDArray> {
  const shape = [1, 3, 64, 64];
  const activations = backbone.activations(input('picture', shape), layers);
  const session = await compile<string>(Object.fromEntries(activations));
  const seen = new Map<string, NDArray>();
  for (const [name, { data }] of Object.entries(pictures)) {
    const found = await session.run({ picture: float32(data, shape) });
    for (const [layer, values] of Object.entries(found)) seen.set(`${name} ${layer}`, values);
  }
  await session.release();
  return (picture, layer) => seen.get(`${picture} ${layer}`)!;
}

/** Pseudo-random weights of VGG19, fast to compute, with a variance that keeps the size of activations (He et al. 2015). */
function vggWeights(): Record<string, NDArray<'float32'>> {
  const made: Record<string, NDArray<'float32'>> = {};
  let channels = 3;
  let state = 1;
  for (const layer of vgg(19)) {
    if (layer.kind !== 'convolution') continue;
    const deviation = Math.sqrt(2 / (9 * channels));
    const kernel = new Float32Array(9 * channels * layer.filters);
    for (let i = 0; i < kernel.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      kernel[i] = (state / 2 ** 31) * Math.sqrt(3) * deviation; // uniform, of that deviation
    }
    made[`${layer.name}/kernel`] = float32(kernel, [3, 3, channels, layer.filters]);
    made[`${layer.name}/bias`] = float32(new Float32Array(layer.filters).fill(0.01), [layer.filters]);
    channels = layer.filters;
  }
  return made;
}

function expectRatio(found: number | undefined, expected: number): void {
  expect(found! / expected).toBeCloseTo(1, 3);
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inputsOf, type Architecture } from '../../backbones/keras/architecture.ts';
import { inceptionV3 } from '../../backbones/keras/inception-v3.ts';
import { resnet50 } from '../../backbones/keras/resnet50.ts';
import { xception } from '../../backbones/keras/xception.ts';
import { kerasOrders, type KerasOrder } from './keras-order.ts';

/** The layers of `model.layers` by class, as Keras 3.15 names them in a new process: made once by Keras itself. */
const recorded = JSON.parse(
  readFileSync(new URL('../testing/keras-3.15-orders.json', import.meta.url), 'utf8'),
) as Record<string, KerasOrder>;

/** Keras 3 numbers unnamed layers from nothing, `conv2d`, `conv2d_1`; our names number them from 1. */
const fromOne = (name: string): string =>
  name.replace(
    /^(conv2d|batch_normalization)(?:_(\d+))?$/,
    (_, kind: string, number = '0') => `${kind}_${Number(number) + 1}`,
  );

/** The layers with weights of a network, sorted. */
function layersOf(architecture: Architecture): { kernels: string[]; normalizations: string[] } {
  const convolutions = architecture.filter((layer) => 'filters' in layer);
  return {
    kernels: convolutions.map((layer) => layer.kernelOf ?? layer.name).sort(),
    normalizations: convolutions.flatMap((layer) => layer.batchNormalization ?? []).sort(),
  };
}

describe.each([
  ['InceptionV3', inceptionV3(), kerasOrders[0]!],
  ['ResNet50', resnet50(), kerasOrders[1]!],
  ['Xception', xception(), kerasOrders[2]!],
])('%s', (network, architecture, order) => {
  it("has Keras' own order, also of parallel branches", () => {
    const { conv2d, separable_conv2d, batch_normalization } = recorded[network]!;
    expect(order.conv2d).toEqual(conv2d.map(fromOne));
    expect(order.separable_conv2d).toEqual(separable_conv2d.map(fromOne));
    expect(order.batch_normalization).toEqual(batch_normalization.map(fromOne));
  });

  it('has each layer with weights once', () => {
    const { kernels, normalizations } = layersOf(architecture);
    expect([...order.conv2d, ...order.separable_conv2d].sort()).toEqual(kernels);
    expect([...order.batch_normalization].sort()).toEqual(normalizations);
  });

  it('has no layer before one that it needs', () => {
    const place = new Map([...order.batch_normalization].map((name, index) => [name, index]));
    const least = new Map<string, number>([['input', -1]]); // the place of the last normalisation that a layer needs
    for (const layer of architecture) {
      const before = Math.max(...inputsOf(layer).map((name) => least.get(name) ?? -1));
      const own = 'batchNormalization' in layer ? place.get(layer.batchNormalization ?? '') : undefined;
      if (own !== undefined) expect(own, layer.name).toBeGreaterThan(before);
      least.set(layer.name, Math.max(before, own ?? -1));
    }
  });
});

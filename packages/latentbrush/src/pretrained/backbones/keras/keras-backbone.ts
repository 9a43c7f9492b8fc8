import type { Tensor } from '@latentbrush/engine';
import type { WeightTable } from '../../weights/weight-table.ts';
import { describeLayers, neededFor, outputSizes, type Architecture } from './architecture.ts';
import type { Backbone, LayerInfo } from '../backbone.ts';
import { kerasLayerName, unknownLayer } from '../layer-names.ts';
import { Network } from './network.ts';
import { preprocess, type Preprocessing } from '../preprocessing.ts';

/** The parts of a backbone from `keras.applications`. */
export interface KerasBackboneOptions {
  readonly name: string;
  readonly origin: string;
  readonly architecture: Architecture;
  readonly weights: WeightTable;
  readonly preprocessing: Preprocessing;
  /** The last layer that the weights reach, if they are only a part of the network. */
  readonly end?: string;
  /** How to get the rest, as a phrase. */
  readonly hint?: string;
}

/**
 * A network of `keras.applications` as a backbone. @throws InputError when the weights do not match the network
 * @example
 * import { float32 } from '@latentbrush/engine';
 * const network = backbones.kerasBackbone({
 *   name: 'mine',
 *   origin: 'made here',
 *   architecture: [
 *     { kind: 'convolution', name: 'first', input: 'input', filters: 4, kernelSize: [1, 1], strides: 1, padding: 'same' },
 *   ],
 *   weights: new Map([
 *     ['first/kernel', float32(new Float32Array(12).fill(0.1), [1, 1, 3, 4])],
 *     ['first/bias', float32([0, 0, 0, 0], [4])],
 *   ]),
 *   preprocessing: backbones.preprocessings.inception,
 * });
 * console.log(network.layerNamed('first').channels); // 4
 */
export function kerasBackbone(options: KerasBackboneOptions): Backbone {
  const { name, origin, architecture, weights, preprocessing, end, hint } = options;
  const available = end === undefined ? architecture : neededFor(architecture, [end]);
  const network = new Network(available, weights, preprocessing.bgr);
  const layers = describeLayers(available);
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const complete = new Set(architecture.map((layer) => layer.name));

  const layerNamed = (given: string): LayerInfo => {
    const wanted = kerasLayerName(given);
    const found = byName.get(wanted);
    if (found !== undefined) return found;
    if (complete.has(wanted))
      throw unknownLayer(
        `the available part of ${name} (it ends at ${end})`,
        given,
        [...byName.keys()],
        hint,
      );
    throw unknownLayer(name, given, [...byName.keys()]);
  };
  return {
    name,
    origin,
    layers,
    layerNamed,
    smallestSize: (wanted) => smallestSize(neededFor(available, wanted)),
    activations: (picture: Tensor, wanted) => network.activations(preprocess(picture, preprocessing), wanted),
  };
}

function smallestSize(architecture: Architecture): number {
  let size = 1;
  while ([...outputSizes(architecture, size, size).values()].some((sides) => Math.min(...sides) < 1))
    size += 1;
  return size;
}

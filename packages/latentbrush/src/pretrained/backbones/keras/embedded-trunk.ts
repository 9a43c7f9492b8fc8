import { fileURLToPath } from 'node:url';
import { readTfjsLayers } from '../../weights/formats/tfjs-layers.ts';
import { inceptionV3 } from './inception-v3.ts';
import { kerasBackbone } from './keras-backbone.ts';
import { preprocessings } from '../preprocessing.ts';
import type { Backbone } from '../backbone.ts';

/** The last layer of the embedded trunk. */
export const EMBEDDED_END = 'mixed5';

/**
 * InceptionV3 up to `mixed5`, which comes with this package. The weights are from the model in the npm package nsfwjs (MIT), quantised to 8
 * bits; these layers were frozen there, so they are still those of ImageNet.
 * @example
 * const network = await backbones.embeddedTrunk();
 * console.log(network.layers.at(-1)!.name); // mixed5
 */
export async function embeddedTrunk(): Promise<Backbone> {
  const model = fileURLToPath(new URL('../../../../assets/inception_v3-mixed5/model.json', import.meta.url));
  return kerasBackbone({
    name: 'inception_v3',
    origin: `embedded trunk to ${EMBEDDED_END} (npm package nsfwjs, MIT)`,
    architecture: inceptionV3(),
    weights: await readTfjsLayers(model),
    preprocessing: preprocessings.inception,
    end: EMBEDDED_END,
    hint: 'the full network is a download: latentbrush models fetch inception_v3',
  });
}

import { InputError } from '@latentbrush/engine';
import type { KerasKind, KerasOrder } from '../names/keras-order.ts';
import type { WeightTable } from '../weight-table.ts';
import { weightsError } from '../weights-error.ts';
import { readKerasH5 } from './keras-h5.ts';
import type { ZipFile } from './zip-file.ts';

const CONFIG = 'config.json';
const WEIGHTS = 'model.weights.h5';
const MAX_CONFIG = 2 ** 26;
const MAX_WEIGHTS = 2 ** 30;

/** Keras' classes with weights that are read. */
const KINDS: Readonly<Record<string, KerasKind>> = {
  Conv2D: 'conv2d',
  SeparableConv2D: 'separable_conv2d',
  BatchNormalization: 'batch_normalization',
};

/**
 * Reads the weights of a whole model that Keras 3 saved as `.keras`: an archive with its layers in order (`config.json`) and its weights
 * (`model.weights.h5`). Layers that would run code (`Lambda`) are in the first of them and are not looked at.
 * @param archive untrusted
 * @param name of the file in messages
 * @throws InputError when it is another archive, is damaged, or its layers have no names
 */
export async function kerasArchiveWeights(archive: ZipFile, name: string): Promise<WeightTable> {
  try {
    const config = archive.read(CONFIG, MAX_CONFIG, { check: true });
    const weights = archive.read(WEIGHTS, MAX_WEIGHTS, { check: true });
    if (config === undefined || weights === undefined) {
      throw new InputError(
        `a zip archive, but no .keras model of Keras 3 (${CONFIG} and ${WEIGHTS}) and no .pth of PyTorch (data.pkl)`,
      );
    }
    return await readKerasH5(weights, name, { order: orderIn(config) });
  } catch (error) {
    throw weightsError(error, name);
  }
}

/** The layers of the model, in the order in which its weights are numbered. */
function orderIn(config: Uint8Array): KerasOrder {
  let model: unknown;
  try {
    model = JSON.parse(Buffer.from(config).toString('utf8'));
  } catch (error) {
    throw new InputError(`${CONFIG} in it is not JSON`, { cause: error });
  }
  const order = {
    conv2d: [] as string[],
    separable_conv2d: [] as string[],
    batch_normalization: [] as string[],
  };
  const layers = fieldOf(fieldOf(model, 'config'), 'layers');
  for (const layer of Array.isArray(layers) ? layers : []) {
    const kind = KINDS[String(fieldOf(layer, 'class_name'))];
    const name = fieldOf(fieldOf(layer, 'config'), 'name');
    if (kind !== undefined && typeof name === 'string') order[kind].push(name);
  }
  return order;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

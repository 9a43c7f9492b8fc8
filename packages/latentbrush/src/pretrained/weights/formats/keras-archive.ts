import { InputError } from '@latentbrush/engine';
import type { KerasKind, KerasOrder } from '../names/keras-order.ts';
import type { WeightTable } from '../weight-table.ts';
import { weightsError } from '../weights-error.ts';
import { Hdf5Reader } from './hdf5-file.ts';
import { kerasWeights } from './keras-h5.ts';
import type { ZipFile } from './zip-file.ts';

const CONFIG = 'config.json';
const WEIGHTS = 'model.weights.h5';
/** Bytes of the layers, far above any network: short values in JSON take twenty times their bytes in memory. */
const MAX_CONFIG = 2 ** 23;
/** Bytes of the weights; at most 16 times those of the archive, because compression hardly makes weights smaller. */
const MAX_WEIGHTS = 2 ** 30;
/** Bytes of the weights that any small archive may have. */
const FEW_WEIGHTS = 2 ** 24;

/** Keras' classes with weights that are read. A map, because the names in a file could be those of any object's properties. */
const KINDS: ReadonlyMap<unknown, KerasKind> = new Map([
  ['Conv2D', 'conv2d'],
  ['SeparableConv2D', 'separable_conv2d'],
  ['BatchNormalization', 'batch_normalization'],
]);

/**
 * Reads the weights of a whole model that Keras 3 saved as `.keras`: an archive with its layers in order (`config.json`) and its weights
 * (`model.weights.h5`). Layers that would run code (`Lambda`) are in the first of them and are not looked at.
 * @param archive untrusted
 * @param name of the file in messages
 * @param reader reads the weights (default: one for this file only)
 * @throws InputError when it is another archive, is damaged, or its layers have no names
 */
export async function kerasArchiveWeights(
  archive: ZipFile,
  name: string,
  reader?: Hdf5Reader,
): Promise<WeightTable> {
  const reading = reader ?? new Hdf5Reader();
  try {
    const config = archive.read(CONFIG, MAX_CONFIG, { check: true });
    const most = Math.min(MAX_WEIGHTS, Math.max(FEW_WEIGHTS, 16 * archive.size));
    const weights = archive.read(WEIGHTS, most, { check: true });
    if (config === undefined || weights === undefined) {
      throw new InputError(
        `a zip archive, but no .keras model of Keras 3 (${CONFIG} and ${WEIGHTS}) and no .pth of PyTorch (data.pkl)`,
      );
    }
    const order = orderIn(config);
    // Copied, because the bytes of a file that is not compressed are those of the archive, and they move to another thread.
    return await kerasWeights(reading, new Uint8Array(weights), name, { order });
  } catch (error) {
    throw weightsError(error, name);
  } finally {
    if (reader === undefined) await reading.close();
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
    const kind = KINDS.get(fieldOf(layer, 'class_name'));
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

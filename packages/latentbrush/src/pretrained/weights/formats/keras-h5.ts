import { readFile } from 'node:fs/promises';
import { float32, InputError, type NDArray } from '@latentbrush/engine';
import { fileError } from '../../../files/file-error.ts';
import { Hdf5Reader, type Hdf5ReadOptions } from './hdf5-file.ts';
import { kerasWeightName, numberedFromOne } from '../names/keras-names.ts';
import type { KerasOrder } from '../names/keras-order.ts';
import { isKerasThree, kerasThreeWeights } from './keras-three.ts';
import type { WeightTable } from '../weight-table.ts';
import { weightsError } from '../weights-error.ts';

/** How to read a file of Keras. */
export interface KerasReadOptions extends Omit<Hdf5ReadOptions, 'skip'> {
  /** The names of the layers in order, where the file itself numbers them. */
  readonly order?: KerasOrder | undefined;
}

/**
 * Reads weights that Keras saved as HDF5: only weights (`block1_conv1/block1_conv1_W_1:0`, `conv2d_1/conv2d_1/kernel:0`) or a whole model
 * (`model_weights/...`), by any version of Keras; and `.weights.h5` of Keras 3 (see `kerasThreeWeights`).
 * @param source path of the file, or all of its bytes, untrusted
 * @param name of the file in messages; default: its path
 * @throws InputError when it cannot be read, is damaged, has other types than floats, exceeds a limit, takes too long to read, or was
 * written by Keras on Theano
 */
export async function readKerasH5(
  source: string | Uint8Array,
  name = typeof source === 'string' ? source : 'HDF5 file',
  options: KerasReadOptions = {},
): Promise<WeightTable> {
  const reader = new Hdf5Reader();
  try {
    return await kerasWeights(reader, await ownBytes(source), name, options);
  } catch (error) {
    throw weightsError(error, name);
  } finally {
    await reader.close();
  }
}

/** Reads one file with a shared reader. The bytes are transferred. See {@link readKerasH5}. */
export async function kerasWeights(
  reader: Hdf5Reader,
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  { order, ...options }: KerasReadOptions = {},
): Promise<WeightTable> {
  const skip = ['optimizer_weights', 'optimizer'];
  const { tensors, backend } = await reader.read(bytes, name, { ...options, skip });
  if (backend === 'theano') {
    throw new InputError(
      `${name}: written by Keras on Theano, which flips kernels; give a file written on TensorFlow ("tf_kernels")`,
    );
  }
  if (tensors.length === 0) throw new InputError(`${name}: it contains no weights`);
  if (tensors.some(isKerasThree)) return kerasThreeWeights(tensors, name, order);
  const table = new Map<string, NDArray<'float32'>>();
  for (const { path, shape, data } of tensors) {
    const weight = kerasWeightName(path.replace(/^model_weights\//, ''));
    if (table.has(weight)) throw new InputError(`${name}: two of its tensors are ${JSON.stringify(weight)}`);
    table.set(weight, float32(data, shape));
  }
  return numberedFromOne(table);
}

// A transferred buffer must not be shared.
async function ownBytes(source: string | Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof source !== 'string') return new Uint8Array(source);
  try {
    const bytes = await readFile(source);
    return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
  } catch (error) {
    throw fileError(error, source, 'read');
  }
}

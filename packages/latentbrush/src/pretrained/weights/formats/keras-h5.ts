import { readFile } from 'node:fs/promises';
import { float32, InputError, type NDArray } from '@latentbrush/engine';
import { fileError } from '../../../files/file-error.ts';
import { Hdf5Reader, type Hdf5ReadOptions, type Hdf5Tensor } from './hdf5-file.ts';
import { kerasWeightName, numberedFromOne } from '../names/keras-names.ts';
import { vggConvolutions } from '../names/torchvision-names.ts';
import type { WeightTable } from '../weight-table.ts';
import { weightsError } from '../weights-error.ts';

/** The path of variables in Keras 3: with numbers in place of names. */
const KERAS_3_VARIABLE = /(?:^|\/)vars\/\d+$/;
/** A convolution of Keras 3, in a model saved by version 3 or (the other name) 2.13. */
const KERAS_3_CONVOLUTION = /^(?:layers|_layer_checkpoint_dependencies)\/conv2d(?:_(\d+))?\/vars\/([01])$/;

/**
 * Reads weights that Keras saved as HDF5: only weights (`block1_conv1/block1_conv1_W_1:0`, `conv2d_1/conv2d_1/kernel:0`) or a whole model
 * (`model_weights/...`), by Keras 1 or 2; and `.weights.h5` of Keras 3 for VGG16 or VGG19. Keras 3 numbers layers in place of naming them;
 * with parallel branches the numbers are ambiguous.
 * @param source path of the file, or all of its bytes, untrusted
 * @param name of the file in messages; default: its path
 * @throws InputError when it cannot be read, is damaged, has other types than floats, exceeds a limit, takes too long to read, or was
 * written by Keras on Theano
 */
export async function readKerasH5(
  source: string | Uint8Array,
  name = typeof source === 'string' ? source : 'HDF5 file',
  options: Omit<Hdf5ReadOptions, 'skip'> = {},
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
  options: Omit<Hdf5ReadOptions, 'skip'> = {},
): Promise<WeightTable> {
  const { tensors, backend } = await reader.read(bytes, name, { ...options, skip: ['optimizer_weights'] });
  if (backend === 'theano') {
    throw new InputError(
      `${name}: written by Keras on Theano, which flips kernels; give a file written on TensorFlow ("tf_kernels")`,
    );
  }
  if (tensors.length === 0) throw new InputError(`${name}: it contains no weights`);
  if (tensors.some(({ path }) => KERAS_3_VARIABLE.test(path))) return kerasThreeWeights(tensors, name);
  const table = new Map<string, NDArray<'float32'>>();
  for (const { path, shape, data } of tensors) {
    const weight = kerasWeightName(path.replace(/^model_weights\//, ''));
    if (table.has(weight)) throw new InputError(`${name}: two of its tensors are ${JSON.stringify(weight)}`);
    table.set(weight, float32(data, shape));
  }
  return numberedFromOne(table);
}

// The convolutions of VGG are a chain, so their numbers are their order.
function kerasThreeWeights(tensors: readonly Hdf5Tensor[], name: string): WeightTable {
  const found = new Map<string, NDArray<'float32'>>();
  const numbers = new Set<number>();
  for (const { path, shape, data } of tensors) {
    const [matched, number = '0', variable] = KERAS_3_CONVOLUTION.exec(path) ?? [];
    if (matched === undefined) continue;
    numbers.add(Number(number));
    found.set(`${Number(number)}/${variable === '0' ? 'kernel' : 'bias'}`, float32(data, shape));
  }
  const branching = tensors.some(({ path }) => path.includes('batch_normalization'));
  const convolutions = branching ? [] : vggConvolutions(numbers.size);
  const order = [...numbers].sort((a, b) => a - b);
  const table = new Map<string, NDArray<'float32'>>();
  convolutions.forEach(({ keras }, index) => {
    for (const variable of ['kernel', 'bias']) {
      const array = found.get(`${order[index]}/${variable}`);
      if (array !== undefined) table.set(`${keras}/${variable}`, array);
    }
  });
  if (table.size === 0) {
    throw new InputError(
      `${name}: Keras 3 numbers the layers in this file and does not name them, and only VGG16 and VGG19 can be recognised from numbers; save the weights as name.h5 with Keras 2, or as safetensors with names like "conv2d_1/kernel"`,
    );
  }
  return table;
}

// A transferred buffer must not be shared.
async function ownBytes(source: string | Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof source !== 'string') return Uint8Array.from(source);
  try {
    const bytes = await readFile(source);
    return bytes.byteLength === bytes.buffer.byteLength ? bytes : Uint8Array.from(bytes);
  } catch (error) {
    throw fileError(error, source, 'read');
  }
}

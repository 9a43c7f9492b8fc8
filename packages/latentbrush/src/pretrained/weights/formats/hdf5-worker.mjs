// @ts-check
/* global WebAssembly */
/*
 * Reads HDF5 files in a separate thread. libhdf5 is C code that was not made for hostile files: a damaged one can crash or hang it, but a
 * thread can be ended from outside. The library uses its own file system in memory, so a file that links to other files finds none.
 *
 * This is plain JavaScript because a thread starts from a file that Node runs directly.
 */
import { parentPort } from 'node:worker_threads';
import * as h5wasm from 'h5wasm';

const NAME = 'weights.h5';
/** The group of a layer's variables in files of Keras 3. Its attribute `name`, if there is one, is the name of the layer. */
const KERAS_3_VARIABLES = 'vars';

/** Longest path of a tensor, and longest text that is read. Links let many objects share one long name. */
const MAX_TEXT = 1024;

const TOO_MUCH_MEMORY = 'reading it needs more memory than a file of its size may need';

/** A fault of the file, to report to the user. */
class FileProblem extends Error {}

const { FS } = await h5wasm.ready;

const memory = { limit: Infinity, refused: false };
const { grow } = WebAssembly.Memory.prototype;
// The library itself stops at 2 GB only, and a damaged or hostile file of 1 MB can reach that: compressed data are unpacked before their size is compared.
WebAssembly.Memory.prototype.grow = function (pages) {
  if (this.buffer.byteLength + pages * 2 ** 16 > memory.limit) {
    memory.refused = true;
    throw new RangeError('more memory than the limit'); // the library takes it for a system without memory
  }
  return grow.call(this, pages);
};
parentPort?.postMessage('ready');
parentPort?.on('message', (request) => parentPort?.postMessage(...answer(request)));

/**
 * @param {import('./hdf5-file.ts').Hdf5Request} request
 * @returns {[import('./hdf5-file.ts').Hdf5Answer, ArrayBuffer[]]} the answer, and the buffers to transfer
 */
function answer({ bytes, limits, skip }) {
  /** @type {h5wasm.File | undefined} */
  let file;
  memory.limit = limits.memory;
  memory.refused = false;
  try {
    FS.writeFile(NAME, bytes);
    file = new h5wasm.File(NAME, 'r');
    const tensors = readTensors(file, limits, skip);
    const backend = readText(file, 'backend') ?? readText(file.get('model_weights'), 'backend');
    closeAndRemove(file);
    return [{ tensors, backend }, tensors.map(({ data }) => data.buffer)];
  } catch (error) {
    const trapped = error instanceof WebAssembly.RuntimeError;
    if (!trapped) closeAndRemove(file);
    if (error instanceof FileProblem) return [{ problem: error.message, trapped }, []];
    const problem = memory.refused ? TOO_MUCH_MEMORY : 'it is damaged or not a whole HDF5 file';
    return [{ problem, cause: String(error), trapped }, []];
  }
}

/** @param {h5wasm.File | undefined} file */
function closeAndRemove(file) {
  if (file !== undefined && file.file_id >= 0n) file.close();
  FS.unlink(NAME);
}

/**
 * All tensors below a group, in the order of their names.
 * @param {h5wasm.Group} root
 * @param {import('./hdf5-file.ts').Hdf5Limits} limits
 * @param {readonly string[]} skip groups at the root to skip
 */
function readTensors(root, limits, skip) {
  /** @type {import('./hdf5-file.ts').Hdf5Tensor[]} */
  const tensors = [];
  let objects = 0;
  let elements = 0;
  /** @type {(group: h5wasm.Group, path: string, depth: number, layer?: string) => void} */
  const walk = (group, path, depth, layer) => {
    // Groups can contain each other in a circle.
    if (depth > limits.depth) throw new FileProblem(`its groups are nested more than ${limits.depth} deep`);
    for (const name of group.keys()) {
      if (depth === 0 && skip.includes(name)) continue;
      objects += 1;
      if (objects > limits.objects) throw new FileProblem(`it has more than ${limits.objects} objects`);
      const child = group.get(name);
      const childPath = path === '' ? name : `${path}/${name}`;
      if (childPath.length > MAX_TEXT)
        throw new FileProblem(`a name in it is longer than ${MAX_TEXT} characters`);
      if (child instanceof h5wasm.Group) {
        walk(child, childPath, depth + 1, name === KERAS_3_VARIABLES ? readText(child, 'name') : undefined);
      } else if (child instanceof h5wasm.Dataset) {
        // Keras 3 also saves the state of seeds and counters, whole numbers.
        if (path.endsWith(KERAS_3_VARIABLES) && !isFloat(child)) continue;
        const tensor = readTensor(child, childPath, limits.elements - elements);
        elements += tensor.data.length;
        tensors.push({ ...tensor, layer });
      } else throw new FileProblem(`${JSON.stringify(childPath)} is neither a group nor a tensor`);
    }
  };
  walk(root, '', 0);
  return tensors;
}

/** @param {h5wasm.Dataset} dataset */
function isFloat(dataset) {
  const { type, size } = dataset.metadata;
  return type === h5wasm.Module.H5T_class_t.H5T_FLOAT.value && [2, 4, 8].includes(size);
}

/**
 * @param {h5wasm.Dataset} dataset
 * @param {string} path
 * @param {number} maxElements
 * @returns {import('./hdf5-file.ts').Hdf5Tensor}
 */
function readTensor(dataset, path, maxElements) {
  const { size, shape, virtual_sources: sources } = dataset.metadata;
  if (sources !== undefined && sources.length > 0)
    throw new FileProblem(`${JSON.stringify(path)} consists of parts of other tensors, which are not read`);
  if (!isFloat(dataset) || shape === null)
    throw new FileProblem(`${JSON.stringify(path)} contains no floats of 16, 32 or 64 bits, as weights do`);
  const count = shape.reduce((product, length) => product * length, 1);
  if (!(count <= maxElements))
    throw new FileProblem(
      `its tensors are larger than the limit (${JSON.stringify(path)} has shape [${shape.join(', ')}])`,
    );
  if (count === 0) return { path, shape, data: new Float32Array(0) };
  const bytes = count * size;
  const pointer = h5wasm.Module._malloc(bytes);
  if (pointer === 0) throw new FileProblem(TOO_MUCH_MEMORY);
  try {
    // Dataset.value of h5wasm hides read errors, and cannot read 16-bit floats.
    const status = h5wasm.Module.get_dataset_data(dataset.file_id, path, null, null, null, BigInt(pointer));
    if (status < 0 && memory.refused) throw new FileProblem(TOO_MUCH_MEMORY);
    if (status < 0) throw new FileProblem(`the data of ${JSON.stringify(path)} are damaged`);
    const { buffer } = h5wasm.Module.HEAPU8.slice(pointer, pointer + bytes);
    return { path, shape, data: toFloat32(buffer, size) };
  } finally {
    h5wasm.Module._free(pointer);
  }
}

/**
 * @param {ArrayBuffer} buffer
 * @param {number} size bytes of an element
 */
function toFloat32(buffer, size) {
  if (size === 4) return new Float32Array(buffer);
  if (size === 8) return Float32Array.from(new Float64Array(buffer));
  return Float32Array.from(new Uint16Array(buffer), halfToNumber);
}

/**
 * IEEE 754 half precision: 1 sign bit, 5 of exponent, 10 of fraction.
 * @param {number} bits
 */
function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * A text attribute of a group; undefined without one.
 * @param {ReturnType<h5wasm.Group['get']>} group
 * @param {string} name
 */
function readText(group, name) {
  if (!(group instanceof h5wasm.Group)) return undefined;
  const attribute = group.attrs[name];
  // Thousands of texts in one attribute could all be the same long one.
  if (attribute === undefined || (attribute.shape ?? []).some((length) => length !== 1)) return undefined;
  const { value } = attribute;
  return typeof value === 'string' && value.length <= MAX_TEXT ? value : undefined;
}

import { bfloat16ToFloat32, float16ToFloat32, float32, InputError, type NDArray } from '@latentbrush/engine';
import { PickleGlobal, PickleObject, PickleTuple, type PickleRules, type PickleValue } from './unpickle.ts';

/** Bytes of an element of each type of storage. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  Double: 8,
  Float: 4,
  Half: 2,
  BFloat16: 2,
  Long: 8,
  Int: 4,
  Short: 2,
  Char: 1,
  Byte: 1,
  Bool: 1,
};
const STORAGE = /^torch\.(?:cuda\.|storage\.)?([A-Za-z0-9]+)Storage$/;
const ORDERED_DICT = 'collections.OrderedDict';
const TENSOR_1 = 'torch._utils._rebuild_tensor';
const TENSOR_2 = 'torch._utils._rebuild_tensor_v2';
const PARAMETER = 'torch._utils._rebuild_parameter';
const FUNCTIONS = new Set([ORDERED_DICT, TENSOR_1, TENSOR_2, PARAMETER]);
/** PyTorch itself has at most 64 dimensions; kernels have 4 or 5. */
const MAX_RANK = 8;

/** The memory of one or more tensors, as the pickle declares it. */
export class StoredStorage extends PickleObject {
  readonly kind = 'storage';
  readonly key: string;
  /** `Float`, `Half` ... */
  readonly type: string;
  readonly elements: number;

  constructor(key: string, type: string, elements: number) {
    super();
    this.key = key;
    this.type = type;
    this.elements = elements;
  }

  get bytes(): number {
    return this.elements * ELEMENT_BYTES[this.type]!;
  }
}

/** A tensor: a view of a storage. */
export class StoredTensor extends PickleObject {
  readonly kind = 'tensor';
  readonly storage: StoredStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: StoredStorage, offset: number, shape: readonly number[], strides: readonly number[]) {
    super();
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  get size(): number {
    return this.shape.reduce((product, length) => product * length, 1);
  }

  /** Numbers that have to be read for it: a tensor with gaps takes all that lies between. */
  get cost(): number {
    if (isContiguous(this.shape, this.strides)) return this.size;
    return this.size + this.storage.elements - this.offset;
  }

  /** Whether it is a tensor of floats; others, such as counters of batches, are no weights. */
  get isFloat(): boolean {
    return ['Double', 'Float', 'Half', 'BFloat16'].includes(this.storage.type);
  }
}

/** What a file of PyTorch may name: tensors, their storages, and dicts. All storages that it names are collected in `storages`. */
export function tensorRules(storages: Map<string, StoredStorage>): PickleRules {
  return { allow, call, load: (id) => loadStorage(id, storages) };
}

function allow(name: string): void {
  if (FUNCTIONS.has(name)) return;
  const type = STORAGE.exec(name)?.[1];
  if (type !== undefined && Object.hasOwn(ELEMENT_BYTES, type)) return;
  throw new InputError(
    `its pickle asks for ${JSON.stringify(name)}; only tensors in dicts are read, and nothing of the file is run: save the weights alone, torch.save(model.state_dict(), "weights.pth")`,
  );
}

function call(name: string, parameters: readonly PickleValue[]): PickleValue {
  switch (name) {
    case ORDERED_DICT:
      return new Map(pairsOf(parameters[0] ?? []));
    case TENSOR_1:
    case TENSOR_2:
      return tensor(parameters);
    case PARAMETER:
      if (parameters[0] instanceof StoredTensor) return parameters[0];
      throw new InputError('its pickle has a parameter that is no tensor');
    default:
      throw new InputError(`its pickle calls ${JSON.stringify(name)}, which is no function`);
  }
}

function pairsOf(value: PickleValue): [PickleValue, PickleValue][] {
  return itemsOf(value).map((pair) => {
    const [key, entry, ...rest] = itemsOf(pair);
    if (key === undefined || entry === undefined || rest.length > 0) throw noPairs();
    return [key, entry];
  });
}

function itemsOf(value: PickleValue): readonly PickleValue[] {
  if (value instanceof PickleTuple) return value.items;
  if (Array.isArray(value)) return value;
  throw noPairs();
}

function noPairs(): InputError {
  return new InputError('its pickle has a dict without pairs');
}

function tensor([storage, offset, size, strides]: readonly PickleValue[]): StoredTensor {
  if (!(storage instanceof StoredStorage)) throw new InputError('its pickle has a tensor without a storage');
  const place = whole(offset);
  const shape = wholes(size);
  const steps = wholes(strides);
  if (shape.length !== steps.length || shape.length > MAX_RANK) {
    throw new InputError(
      `its pickle has a tensor of shape [${shape.slice(0, MAX_RANK).join(', ')}] that does not fit its strides`,
    );
  }
  const last = shape.reduce((index, length, axis) => index + (length - 1) * steps[axis]!, place);
  if (!shape.includes(0) && !(last < storage.elements)) {
    throw new InputError(
      `its pickle has a tensor of shape [${shape.join(', ')}] beyond the ${storage.elements} numbers of its storage`,
    );
  }
  return new StoredTensor(storage, place, shape, steps);
}

// ('storage', torch.FloatStorage, '0', 'cpu', 864), and None where a file of before PyTorch 1.6 can name a view.
function loadStorage(id: PickleValue, storages: Map<string, StoredStorage>): StoredStorage {
  const [word, type, key, , elements, view = null] = id instanceof PickleTuple ? id.items : [];
  const kind = type instanceof PickleGlobal ? STORAGE.exec(type.name)?.[1] : undefined;
  if (word !== 'storage' || kind === undefined || typeof key !== 'string' || view !== null) {
    throw new InputError('its pickle refers to an object that is no storage of a tensor');
  }
  const found = new StoredStorage(key, kind, whole(elements));
  const known = storages.get(key);
  if (known !== undefined) {
    if (known.type === kind && known.elements === found.elements) return known;
    throw new InputError(`its pickle describes the storage ${JSON.stringify(key)} in two ways`);
  }
  storages.set(key, found);
  return found;
}

function wholes(value: PickleValue | undefined): number[] {
  if (!(value instanceof PickleTuple)) throw new InputError('its pickle has a tensor without a shape');
  if (value.items.length > MAX_RANK) {
    throw new InputError(
      `its pickle has a tensor of ${value.items.length} dimensions; at most ${MAX_RANK} are read`,
    );
  }
  return value.items.map(whole);
}

function whole(value: PickleValue | undefined): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InputError('its pickle has a tensor whose size is no whole number');
}

/**
 * The values of a tensor of floats.
 * @param bytes of its storage, little-endian, at least as many as it declares
 */
export function valuesOf(stored: StoredTensor, bytes: Uint8Array): NDArray<'float32'> {
  const { storage, shape, strides, size } = stored;
  const width = ELEMENT_BYTES[storage.type]!;
  const begin = stored.offset * width;
  const contiguous = isContiguous(shape, strides);
  const numbers = contiguous ? size : storage.elements - stored.offset;
  const part = new Uint8Array(bytes.subarray(begin, begin + numbers * width)); // at an address that any type can have
  const flat = READERS[storage.type as keyof typeof READERS](part.buffer);
  if (contiguous) return float32(flat, shape);
  const values = new Float32Array(size);
  const index = shape.map(() => 0);
  for (let at = 0, from = 0; at < size; at++) {
    values[at] = flat[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      index[axis] = index[axis]! + 1;
      if (index[axis]! < shape[axis]!) break;
      from -= index[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return float32(values, shape);
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

const READERS = {
  Float: (buffer: ArrayBuffer) => new Float32Array(buffer),
  Double: (buffer: ArrayBuffer) => Float32Array.from(new Float64Array(buffer)),
  Half: (buffer: ArrayBuffer) => float16ToFloat32(new Uint16Array(buffer)),
  BFloat16: (buffer: ArrayBuffer) => bfloat16ToFloat32(new Uint16Array(buffer)),
};

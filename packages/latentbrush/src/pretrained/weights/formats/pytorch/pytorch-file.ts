import { InputError, type NDArray } from '@latentbrush/engine';
import { namedWeights } from '../../names/named-weights.ts';
import type { WeightTable } from '../../weight-table.ts';
import { weightsError } from '../../weights-error.ts';
import type { ZipFile } from '../zip-file.ts';
import { StoredTensor, tensorRules, valuesOf, type StoredStorage } from './stored-tensors.ts';
import { unpickle, type PickleRules, type PickleValue } from './unpickle.ts';

/** The pickle of a file; that of a large network with its optimiser has 1 MB. */
const MAX_PICKLE = 2 ** 24;
const MAX_STORAGE = 2 ** 30;
const MAX_ELEMENTS = 2 ** 28;
/** Elements that any small file may have. */
const FEW_ELEMENTS = 2 ** 20;
/** The first value of a file of before PyTorch 1.6, and the second. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
/** Names under which a checkpoint of a training has the weights. */
const STATE_NAMES = ['state_dict', 'model_state_dict', 'model', 'net', 'network', 'module', 'params'];

/** Whether a file begins as a pickle: with the step PROTO, 0x80, and a protocol. */
export function isPickle([first = 0, second = 0]: Uint8Array): boolean {
  return first === 0x80 && second >= 2 && second <= 5;
}

/** The pickle in an archive that `torch.save` wrote: undefined in other archives. */
export function pickleIn(archive: ZipFile): string | undefined {
  return archive.names.find((name) => /^(?:[^/]+\/)?data\.pkl$/.test(name));
}

/**
 * Reads weights that `torch.save(model.state_dict(), path)` of PyTorch 1.6 or newer wrote: an archive with a pickle and the numbers of each tensor.
 * A dict with the weights under a name such as `state_dict` is read, too. The pickle is read as data (see `unpickle`).
 * @param name of the file in messages
 * @throws InputError when it is damaged, names a class other than tensors and dicts, or its tensors are not known
 */
export function pytorchArchiveWeights(archive: ZipFile, fileBytes: number, name: string): WeightTable {
  return weightsIn(name, () => {
    const pickle = pickleIn(archive) ?? '';
    const root = pickle.slice(0, -'data.pkl'.length);
    const order = archive.read(`${root}byteorder`, 16);
    if (order !== undefined && Buffer.from(order).toString() !== 'little') {
      throw new InputError('it was written on a big-endian machine; save it again on an ordinary one');
    }
    const bytes = archive.read(pickle, MAX_PICKLE) ?? new Uint8Array();
    const { value } = unpickle(bytes, 0, tensorRules(new Map()));
    // PyTorch stores numbers without compression. Many tensors can share one storage: unpacked for each, a small file would take hours.
    return tensorsOf(value, fileBytes, ({ key }) =>
      archive.read(`${root}data/${key}`, MAX_STORAGE, { stored: true }),
    );
  });
}

/**
 * Reads weights that `torch.save` of before PyTorch 1.6 wrote, as in the older files of torchvision: five pickles, then the numbers.
 * See {@link pytorchArchiveWeights}.
 */
export function pytorchPickleWeights(bytes: Uint8Array, name: string): WeightTable {
  return weightsIn(name, () => {
    const storages = new Map<string, StoredStorage>();
    const rules = tensorRules(storages);
    let place = 0;
    const next = (using: PickleRules = noObjects): PickleValue => {
      const { value, end } = unpickle(bytes, place, using);
      place = end;
      return value;
    };
    if (next() !== MAGIC || next() !== PROTOCOL) {
      throw new InputError(
        'a pickle, but not one of torch.save; give a file of torch.save(model.state_dict(), ...)',
      );
    }
    const system = next();
    if (system instanceof Map && system.get('little_endian') === false) {
      throw new InputError('it was written on a big-endian machine; save it again on an ordinary one');
    }
    const value = next(rules);
    const places = storagePlaces(bytes, next(), place, storages);
    return tensorsOf(value, bytes.length, ({ key }) => places.get(key));
  });
}

/** For the small pickles around that of the weights. The list of storages is the longest of them. */
const noObjects: PickleRules = {
  steps: 2 ** 16,
  allow: refuseObjects,
  call: refuseObjects,
  load: refuseObjects,
};

function refuseObjects(): never {
  throw new InputError(
    'a pickle, but not one of torch.save; give a file of torch.save(model.state_dict(), ...)',
  );
}

/** After the pickles: for each key the number of elements, then the elements. */
function storagePlaces(
  bytes: Uint8Array,
  keys: PickleValue,
  start: number,
  storages: ReadonlyMap<string, StoredStorage>,
): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places = new Map<string, Uint8Array>();
  let place = start;
  for (const key of Array.isArray(keys) ? keys : []) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (storage === undefined) throw new InputError('it has numbers that belong to no tensor; it is damaged');
    if (place + 8 > bytes.length) break;
    if (view.getBigUint64(place, true) !== BigInt(storage.elements)) {
      throw new InputError('a tensor has another size than its pickle declares; it is damaged');
    }
    places.set(storage.key, bytes.subarray(place + 8, place + 8 + storage.bytes));
    place += 8 + storage.bytes;
  }
  return places;
}

function weightsIn(name: string, read: () => ReadonlyMap<string, NDArray>): WeightTable {
  try {
    return namedWeights(read(), 'oihw', name);
  } catch (error) {
    throw weightsError(error, name);
  }
}

/** The tensors of floats in the dict of weights. */
function tensorsOf(
  value: PickleValue,
  fileBytes: number,
  bytesOf: (storage: StoredStorage) => Uint8Array | undefined,
): ReadonlyMap<string, NDArray> {
  const tensors = new Map<string, NDArray>();
  // A tensor can repeat a number without end (a stride of 0), and many can share one memory: a small file must not ask for gigabytes.
  let rest = Math.min(MAX_ELEMENTS, Math.max(FEW_ELEMENTS, 2 * fileBytes));
  for (const [key, stored] of stateDict(value)) {
    if (typeof key !== 'string' || !(stored instanceof StoredTensor) || !stored.isFloat) continue;
    rest -= stored.cost;
    if (!(rest >= 0)) {
      throw new InputError(
        `its tensors have more numbers than a file of this size may have (${JSON.stringify(key)} has shape [${stored.shape.join(', ')}])`,
      );
    }
    const bytes = bytesOf(stored.storage);
    if (bytes === undefined || bytes.length < stored.storage.bytes) {
      throw new InputError(
        `the numbers of ${JSON.stringify(key)} are missing; the file is damaged or cut off`,
      );
    }
    tensors.set(key, valuesOf(stored, bytes));
  }
  return tensors;
}

/** The dict with tensors: the value itself, or the dict under a usual name in it, or the only one in it. */
function stateDict(value: PickleValue): ReadonlyMap<PickleValue, PickleValue> {
  if (value instanceof Map) {
    if (hasTensors(value)) return value;
    const dicts = new Map<string, Map<PickleValue, PickleValue>>();
    for (const [key, entry] of value)
      if (typeof key === 'string' && entry instanceof Map && hasTensors(entry)) dicts.set(key, entry);
    const usual = STATE_NAMES.find((name) => dicts.has(name));
    if (usual !== undefined) return dicts.get(usual)!;
    const [only] = dicts.values();
    if (only !== undefined && dicts.size === 1) return only;
    if (dicts.size > 1) {
      const names = [...dicts.keys()].slice(0, 4).map((name) => JSON.stringify(name.slice(0, 40)));
      throw new InputError(
        `it contains several dicts of tensors (${names.join(', ')}); save one alone, torch.save(file["..."], "weights.pth")`,
      );
    }
  }
  throw new InputError(
    'it contains no dict of tensors; save the weights alone, torch.save(model.state_dict(), "weights.pth")',
  );
}

function hasTensors(dict: ReadonlyMap<PickleValue, PickleValue>): boolean {
  return [...dict.values()].some((entry) => entry instanceof StoredTensor);
}

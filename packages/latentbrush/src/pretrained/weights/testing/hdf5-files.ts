import type { File, Group } from 'h5wasm';

/** A tensor to write. */
export interface TensorToWrite {
  readonly path: string;
  readonly data: readonly number[] | Float32Array;
  readonly shape?: readonly number[];
  /** As h5wasm names it: '<f' is float32, the default, '<d' float64. */
  readonly dtype?: string;
  /** Written in chunks of this shape, compressed by gzip. */
  readonly chunks?: readonly number[];
}

/** Writes an HDF5 file with h5wasm, in memory. Groups are created for the paths of the tensors. */
export async function hdf5File(
  tensors: readonly TensorToWrite[],
  change: (file: File) => void = () => undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const { default: h5wasm } = await import('h5wasm');
  const { FS } = await h5wasm.ready;
  // As in h5py and Keras: structures of the first version, which have no checksums.
  const file = new h5wasm.File('written.h5', 'w', { libver: ['earliest', 'latest'] });
  try {
    for (const tensor of tensors) write(file, tensor);
    change(file);
  } finally {
    file.close();
  }
  const bytes = FS.readFile('written.h5');
  FS.unlink('written.h5');
  return Uint8Array.from(bytes);
}

function write(file: File, { path, data, shape, dtype = '<f', chunks }: TensorToWrite): void {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  let group: Group = file;
  for (const part of parts) {
    const inner = group.keys().includes(part) ? group.get(part) : group.create_group(part);
    group = inner as Group;
  }
  group.create_dataset({
    name,
    data: data instanceof Float32Array ? data : [...data],
    shape: [...(shape ?? [data.length])],
    dtype,
    ...(chunks === undefined ? {} : { chunks: [...chunks], compression: 'gzip' as const }),
  });
}

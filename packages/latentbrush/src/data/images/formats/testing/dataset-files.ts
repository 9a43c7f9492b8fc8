import { encodeIdx } from '../idx.ts';

/** Pictures that all differ: picture n has the values n, n + 1 ... */
export function numberedPictures(count: number, size: number): Uint8Array {
  return Uint8Array.from({ length: count * size }, (_, i) => Math.floor(i / size) + (i % size));
}

/** An IDX file of square pictures, as in MNIST. */
export function idxImages(count: number, side: number): Uint8Array {
  return encodeIdx({ shape: [count, side, side], data: numberedPictures(count, side * side) });
}

/** An IDX file of labels. */
export function idxLabels(labels: readonly number[]): Uint8Array {
  return encodeIdx({ shape: [labels.length], data: Uint8Array.from(labels) });
}

/** A file of CIFAR-10 records; the picture of record n is filled with `first + n`. */
export function cifarFile(labels: readonly number[], first = 0): Uint8Array {
  const file = new Uint8Array(labels.length * 3073);
  labels.forEach((label, n) => {
    file.fill(first + n, n * 3073, (n + 1) * 3073);
    file[n * 3073] = label;
  });
  return file;
}

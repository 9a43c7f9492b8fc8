import { InputError } from '@latentbrush/engine';
import type { ByteStream } from './byte-stream.ts';
import { GrowingBytes } from './growing-bytes.ts';

/** Classes of CIFAR-10 by their numbers (Krizhevsky 2009). */
export const CIFAR10_CLASSES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

/** Height and width of a picture. */
export const CIFAR_SIDE = 32;

/** Bytes of a picture: planes of red, green and blue. */
export const CIFAR_PICTURE = 3 * CIFAR_SIDE * CIFAR_SIDE;

/** Bytes of a record: the label, then the picture. */
export const CIFAR_RECORD = 1 + CIFAR_PICTURE;

/** Bytes of a record of CIFAR-100, which has two labels. */
const CIFAR100_RECORD = 2 + CIFAR_PICTURE;

const RECORDS_AT_ONCE = 64;

/** Records of CIFAR-10 files, labels and pictures separately. */
export class CifarRecords {
  readonly #pixels: GrowingBytes;
  readonly #labels: GrowingBytes;
  readonly #only: number | undefined;

  /**
   * @param only keep the records of this class and skip the others
   * @param allow throws when that many bytes are too many
   */
  constructor(only: number | undefined, allow: (bytes: number) => void) {
    this.#pixels = new GrowingBytes(allow);
    this.#labels = new GrowingBytes(() => undefined);
    this.#only = only;
  }

  /** `[count, 3, 32, 32]` */
  get pixels(): Uint8Array {
    return this.#pixels.bytes();
  }

  get labels(): string[] {
    return Array.from(this.#labels.bytes(), (label) => CIFAR10_CLASSES[label]!);
  }

  /**
   * Adds the records of a file in the binary form of CIFAR-10: one byte for the label, 0 to 9, then planes of red, green
   * and blue, 32 x 32 bytes each.
   * @throws InputError when it ends in the middle of a record, has no record, or a label that does not exist
   */
  async add(stream: ByteStream): Promise<void> {
    const { name } = stream;
    if (stream.isExact) {
      refuseSize(stream.largest, name);
      if (this.#only === undefined) this.#pixels.reserve((stream.largest / CIFAR_RECORD) * CIFAR_PICTURE);
    }
    const block = new Uint8Array(RECORDS_AT_ONCE * CIFAR_RECORD);
    let total = 0;
    for (;;) {
      const found = await stream.fill(block);
      for (let start = 0; start + CIFAR_RECORD <= found; start += CIFAR_RECORD) {
        this.#push(block.subarray(start, start + CIFAR_RECORD), name, (total + start) / CIFAR_RECORD);
      }
      total += found;
      if (found < block.length) break;
    }
    refuseSize(total, name);
  }

  #push(record: Uint8Array, name: string, number: number): void {
    const label = record[0]!;
    if (label >= CIFAR10_CLASSES.length) {
      throw new InputError(
        `${name}: record ${number} has the label ${label}; CIFAR-10 has 0 to ${CIFAR10_CLASSES.length - 1}, so this is another kind of file`,
      );
    }
    if (this.#only !== undefined && label !== this.#only) return;
    this.#labels.push(record.subarray(0, 1));
    this.#pixels.push(record.subarray(1));
  }
}

function refuseSize(bytes: number, name: string): void {
  if (bytes > 0 && bytes % CIFAR_RECORD === 0) return;
  if (bytes === 0) throw new InputError(`${name}: contains no records; a CIFAR-10 file is needed`);
  const hint =
    bytes % CIFAR100_RECORD === 0
      ? 'this looks like CIFAR-100, which is not supported'
      : 'it is truncated or of another kind';
  throw new InputError(
    `${name}: has ${bytes} bytes, which is not a multiple of the ${CIFAR_RECORD} of a CIFAR-10 record; ${hint}`,
  );
}

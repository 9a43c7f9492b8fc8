/** Pictures of one size as bytes, wherever they lie: the interface by which batches are read. */
export interface PictureStore {
  readonly count: number;
  /** Bytes of memory that they take. */
  readonly memory: number;
  /** The bytes of a picture, `[channels, height, width]`; valid until the next call. */
  read(index: number): Uint8Array;
}

/** Pictures in memory. */
export class PicturesInMemory implements PictureStore {
  readonly #pixels: Uint8Array;
  readonly #size: number;

  /** @param size bytes of a picture */
  constructor(pixels: Uint8Array, size: number) {
    this.#pixels = pixels;
    this.#size = size;
  }

  get count(): number {
    return this.#pixels.length / this.#size;
  }

  get memory(): number {
    return this.#pixels.length;
  }

  read(index: number): Uint8Array {
    return this.#pixels.subarray(index * this.#size, (index + 1) * this.#size);
  }
}

/** Where pictures lie in a file. */
export interface FileLayout {
  readonly count: number;
  /** Bytes of a picture. */
  readonly size: number;
  /** Bytes from one picture to the next. */
  readonly stride: number;
  /** Bytes before the first. */
  readonly start: number;
}

/** Pictures in a file, each read when it is needed. The system keeps the parts of the file that are used in free memory. */
export class PicturesInFile implements PictureStore {
  readonly #data: { read(start: number, target: Uint8Array): void };
  readonly #layout: FileLayout;
  readonly #picture: Uint8Array;
  readonly memory = 0;

  constructor(data: { read(start: number, target: Uint8Array): void }, layout: FileLayout) {
    this.#data = data;
    this.#layout = layout;
    this.#picture = new Uint8Array(layout.size);
  }

  get count(): number {
    return this.#layout.count;
  }

  read(index: number): Uint8Array {
    const { start, stride } = this.#layout;
    this.#data.read(start + index * stride, this.#picture);
    return this.#picture;
  }
}

/** Some pictures of others, in a new order. */
export class SelectedPictures implements PictureStore {
  readonly #pictures: PictureStore;
  readonly #indices: ArrayLike<number>;

  constructor(pictures: PictureStore, indices: ArrayLike<number>) {
    this.#pictures = pictures;
    this.#indices = indices;
  }

  get count(): number {
    return this.#indices.length;
  }

  get memory(): number {
    return this.#pictures.memory;
  }

  read(index: number): Uint8Array {
    return this.#pictures.read(this.#indices[index]!);
  }
}

/** All pictures as one array: they must fit in memory. @param size bytes of a picture */
export function allPixels(pictures: PictureStore, size: number): Uint8Array {
  const pixels = new Uint8Array(pictures.count * size);
  for (let i = 0; i < pictures.count; i++) pixels.set(pictures.read(i), i * size);
  return pixels;
}

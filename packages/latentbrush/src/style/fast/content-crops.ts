import { float32, InputError, type NDArray, type Random } from '@latentbrush/engine';
import type { Picture } from '../../image/index.ts';
import { drawCrop, storedPicture, type StoredPicture } from './stored-picture.ts';

/**
 * The training pictures of a fast style, for drawing square crops.
 * @example
 * const crops = new style.ContentCrops(64);
 * crops.add(await image.readPicture('cat.jpg'));
 * console.log(crops.draw(new Random(1), 4).shape); // [ 4, 3, 64, 64 ]
 */
export class ContentCrops {
  readonly #size: number;
  readonly #pictures: StoredPicture[] = [];
  #bytes = 0;

  /** @param size side of the crops in pixels */
  constructor(size: number) {
    this.#size = size;
  }

  /** How many pictures there are. */
  get count(): number {
    return this.#pictures.length;
  }

  /** Their memory in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a picture. It is resized so that its shorter side is one to two times that of a crop. */
  add(source: Picture): void {
    const stored = storedPicture([source], this.#size);
    this.#pictures.push(stored);
    this.#bytes += stored.data.length;
  }

  /**
   * Draws crops: for each a picture, a place in it, whether to mirror, and a side. The side is at least that of the crops and at most the
   * shorter one of the picture; a larger square is made smaller.
   * @returns `[count, 3, size, size]`, RGB, 0 to 255
   * @throws InputError when there are no pictures
   */
  draw(random: Random, count: number): NDArray<'float32'> {
    if (this.count === 0) throw new InputError('content: there are no pictures to learn from');
    const size = this.#size;
    const length = 3 * size * size;
    const batch = new Float32Array(count * length);
    for (let index = 0; index < count; index++) {
      const stored = this.#pictures[random.integer(0, this.count)]!;
      batch.set(drawCrop(random, stored, size), index * length);
    }
    return float32(batch, [count, 3, size, size]);
  }
}

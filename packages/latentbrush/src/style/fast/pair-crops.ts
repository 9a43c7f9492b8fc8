import { float32, InputError, type NDArray, type Random } from '@latentbrush/engine';
import { resize, type Picture } from '../../image/index.ts';
import { drawCrop, storedPicture, type StoredPicture } from './stored-picture.ts';

/** A picture, and how the slow form painted it. */
export interface PaintedPair {
  readonly content: Picture;
  /** In the content's proportions; its size can differ. */
  readonly painted: Picture;
  /** Its name in messages (default: its number). */
  readonly name?: string | undefined;
}

/** The proportions of a pair can differ by this share, or by a pixel: painting rounds the width. */
const LARGEST_DIFFERENCE = 0.02;

/**
 * Training pairs of a fast style, from which square crops of the same place are drawn.
 * @example
 * const content = await image.readPicture('cat.jpg');
 * const crops = new style.PairCrops(64);
 * crops.add({ content, painted: await image.readPicture('cat-painted.png') });
 * console.log(crops.draw(new Random(1), 4).painted.shape); // [ 4, 3, 64, 64 ]
 */
export class PairCrops {
  readonly #size: number;
  readonly #pairs: StoredPicture[] = [];
  #bytes = 0;

  /** @param size side of the crops in pixels */
  constructor(size: number) {
    this.#size = size;
  }

  /** How many pairs there are. */
  get count(): number {
    return this.#pairs.length;
  }

  /** Their memory in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Adds a pair. The content is resized to the size of the painted picture.
   * @throws InputError when their proportions differ
   */
  add({ content, painted, name = `pair ${this.count + 1}` }: PaintedPair): void {
    const { height, width } = painted;
    const proportional = (content.width * height) / content.height;
    if (Math.abs(proportional - width) > Math.max(1, LARGEST_DIFFERENCE * width)) {
      throw new InputError(
        `${name}: the content is ${content.width}x${content.height} and the painted picture ${width}x${height}, with other proportions; give the picture that was painted`,
      );
    }
    const stored = storedPicture([resize(content, { height, width }), painted], this.#size);
    this.#pairs.push(stored);
    this.#bytes += stored.data.length;
  }

  /**
   * Draws crops as those of contents are drawn, content and painted from the same place of a pair.
   * @returns each `[count, 3, size, size]`, RGB, 0 to 255
   * @throws InputError when there are no pairs
   */
  draw(random: Random, count: number): { contents: NDArray<'float32'>; painted: NDArray<'float32'> } {
    if (this.count === 0) throw new InputError('pairs: there are no pairs to learn from');
    const size = this.#size;
    const shape = [count, 3, size, size];
    const length = 3 * size * size;
    const contents = new Float32Array(count * length);
    const painted = new Float32Array(count * length);
    for (let index = 0; index < count; index++) {
      const both = drawCrop(random, this.#pairs[random.integer(0, this.count)]!, size);
      contents.set(both.subarray(0, length), index * length);
      painted.set(both.subarray(length), index * length);
    }
    return { contents: float32(contents, shape), painted: float32(painted, shape) };
  }
}
